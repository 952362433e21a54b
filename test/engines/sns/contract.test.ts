import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import sns from '../../../engines/sns/engine.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

for (const profile of Object.keys(sns.profiles)) {
  contractSuite(`sns@${profile} on fauxqs`, {
    engine: sns,
    module: new URL('../../../engines/sns/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(fauxqsProvisioner),
    // A long poll that finds nothing lasts a second.
    quietMs: 300,
  });
}
