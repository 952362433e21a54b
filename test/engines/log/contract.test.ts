import log from '../../../engines/log/engine.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

/** The suite’s messages have no keys: a topic that is compacted refuses them. And who knows its replies is the harness’s matter. */
const others = new Set(['compacted', 'uncorrelated']);

for (const profile of Object.keys(log.profiles)) {
  if (others.has(profile)) continue;
  contractSuite(`the embedded log as ${profile}`, {
    engine: log,
    module: new URL('../../../engines/log/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(provisioner),
  });
}
