import queue from '../../../engines/queue/engine.ts';
import { provisioner } from '../../../engines/queue/provision.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

for (const profile of Object.keys(queue.profiles)) {
  contractSuite(`the embedded queue as ${profile}`, {
    engine: queue,
    module: new URL('../../../engines/queue/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(provisioner),
  });
}
