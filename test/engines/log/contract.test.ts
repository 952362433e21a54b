import log from '../../../engines/log/engine.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import { adapterProfiles } from '../../contract/adapter-profiles.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

for (const profile of adapterProfiles(log)) {
  // The suite’s messages have no keys: a topic that is compacted refuses them.
  if (profile === 'compacted') continue;
  contractSuite(`the embedded log as ${profile}`, {
    engine: log,
    module: new URL('../../../engines/log/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(provisioner),
  });
}
