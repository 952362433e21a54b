import queue from '../../../engines/queue/engine.ts';
import { provisioner } from '../../../engines/queue/provision.ts';
import { adapterProfiles } from '../../contract/adapter-profiles.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

for (const profile of adapterProfiles(queue)) {
  contractSuite(`the embedded queue as ${profile}`, {
    engine: queue,
    module: new URL('../../../engines/queue/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(provisioner),
  });
}
