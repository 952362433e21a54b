import log from '../../../engines/log/engine.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

for (const profile of Object.keys(log.profiles)) {
  contractSuite(`the embedded log as ${profile}`, {
    engine: log,
    module: new URL('../../../engines/log/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(provisioner),
  });
}
