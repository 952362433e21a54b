import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import sqs from '../../../engines/sqs/engine.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

/** The others differ by an attribute of the queues, or by retries, and have tests of their own. */
for (const profile of ['standard', 'fifo']) {
  contractSuite(`sqs@${profile} on fauxqs`, {
    engine: sqs,
    module: new URL('../../../engines/sqs/engine.ts', import.meta.url),
    profile,
    target: () => bringUp(fauxqsProvisioner),
    // A long poll that finds nothing lasts a second.
    quietMs: 300,
  });
}
