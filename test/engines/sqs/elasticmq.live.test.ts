import { describe, test } from 'vitest';
import { targetDeviations } from '../../../engines/sqs/deviations.ts';
import { elasticmqProvisioner } from '../../../engines/sqs/elasticmq.ts';
import sqs from '../../../engines/sqs/engine.ts';
import { contractSuite } from '../../contract/suite.ts';
import { live, startLive } from '../live-target.ts';

const deviations = Object.fromEntries(
  targetDeviations
    .filter(({ target }) => target === 'elasticmq')
    .flatMap(({ id, cases }) => cases.map((name) => [name, id] as const)),
);

if (live) {
  for (const profile of ['standard', 'fifo']) {
    contractSuite(`sqs@${profile} on ElasticMQ`, {
      engine: sqs,
      module: new URL('../../../engines/sqs/engine.ts', import.meta.url),
      profile,
      target: async () => {
        const local = {
          id: 'elasticmq',
          provisioners: { local: async () => elasticmqProvisioner },
        };
        const { up, down } = await startLive(local, {});
        return { target: up.target, down };
      },
      quietMs: 300,
      deviations,
    });
  }
} else {
  describe.skip('needs Java and Maven: set ACKMARK_LIVE=1', () => {
    test('the contract suite on ElasticMQ', () => undefined);
  });
}
