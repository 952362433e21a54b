import broker from '../../../engines/broker/engine.ts';
import { provisioner } from '../../../engines/broker/provision.ts';
import { adapterProfiles } from '../../contract/adapter-profiles.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

for (const profile of adapterProfiles(broker)) {
  contractSuite(`the embedded broker as ${profile}`, {
    engine: broker,
    module: new URL('../../../engines/broker/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(provisioner),
  });
}
