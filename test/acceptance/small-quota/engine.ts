import type { Engine } from '../../../engines/engine.ts';
import sqs from '../../../engines/sqs/engine.ts';
import type { SqsOptions } from '../../../engines/sqs/options.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';

const { 'fifo-quota': quota } = profiles;

/** A thirtieth of the quota of SQS, which any machine can reach. */
export default {
  ...sqs,
  profiles: {
    'fifo-quota': {
      ...quota,
      options: {
        ...quota.options,
        sendsAtOnce: 4,
        service: { does: 'limit-calls', callsPerSecond: 10 },
      },
    },
  },
} satisfies Engine<SqsOptions>;
