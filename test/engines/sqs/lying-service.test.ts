import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner } from '../../../engines/aws/fauxqs.ts';
import { openRelay } from '../../../engines/aws/front/relay.ts';
import {
  answered,
  errorAnswer,
  listIn,
  type Manner,
  type ServiceAnswer,
  type ServiceCall,
  withDocument,
} from '../../../engines/aws/front/service-call.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { countOf, runInProcess } from '../../acceptance/run-in-process.ts';
import { bringUp } from '../embedded/bring-up.ts';

/** Carries every tenth batch of sends out, and answers it with a lie. */
function lying(lie: (call: ServiceCall, answer: ServiceAnswer) => ServiceAnswer): Manner {
  let batches = 0;
  return {
    react: async (call, forward) => {
      const answer = await forward();
      if (call.operation !== 'SendMessageBatch') return answered(answer);
      batches += 1;
      return answered(batches % 10 === 0 ? lie(call, answer) : answer);
    },
  };
}

describe('a service that has stored what it says it refused is found out (D8)', () => {
  let fauxqs: Provisioned;
  beforeAll(async () => {
    fauxqs = await bringUp(fauxqsProvisioner);
  });
  afterAll(() => fauxqs?.down());

  test.each([
    ['calls, by a limit', (call: ServiceCall) => errorAnswer(call, 400, 'RequestThrottled')],
    [
      'entries, by the sender’s fault',
      ({ parameters }: ServiceCall, answer: ServiceAnswer) => {
        const failure = { SenderFault: true, Code: 'InvalidParameterValue' };
        const Failed = listIn(parameters, 'Entries').map(({ Id }) => ({ Id, ...failure }));
        return withDocument(answer, { Failed });
      },
    ],
  ])('%s', { timeout: 90_000 }, async (_, lie) => {
    const [upstream] = fauxqs.upstreams;
    if (upstream === undefined) throw new Error('fauxqs has a node');
    const relay = await openRelay(0, upstream, lying(lie));
    try {
      const target = ['--target', `http://127.0.0.1:${relay.port}`];
      const load = ['--scenario', 'steady', '--rate', '500/s', '--messages', '1000'];
      const run = await runInProcess(
        '--engine',
        'sqs@standard',
        ...target,
        ...load,
        '--no-controls',
        '--quiet',
      );
      expect(countOf(run, 'sqs@standard/steady', 'D8'), run.story).toBeGreaterThan(0);
    } finally {
      await relay.close();
    }
  });
});
