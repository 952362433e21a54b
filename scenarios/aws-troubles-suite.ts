import { asItIs, type BuiltInSuite } from './suite.ts';

/** Few enough messages for some seconds each, and as many as the guards ask for. */
const faulted = { rate: 2_000, messages: 6_000 } as const;
const troubled = ['sqs@standard-allowed', 'sqs@standard-stumbling', 'sqs@fifo-stumbling'];

/**
 * What AWS does, or may do, and no target here does by itself: a proxy does it. The quota is met at half as much again,
 * long enough to use up what it has saved.
 */
export const awsTroublesSuite: BuiltInSuite = {
  engines: [
    'sqs@fifo-quota',
    ...troubled,
    'sqs@as-users-run-it',
    'sqs@fifo-as-users-run-it',
    'kinesis@shard-quota',
  ],
  controls: false,
  scenarios: [
    {
      ...asItIs('steady'),
      engines: ['sqs@fifo-quota'],
      rate: 4_500,
      messages: 36_000,
      load: { warmup: '500' },
    },
    { ...asItIs('over-quota'), engines: ['kinesis@shard-quota'] },
    { ...asItIs('consumer-crash'), engines: troubled, ...faulted },
    {
      ...asItIs('lost-response'),
      engines: ['sqs@as-users-run-it', 'sqs@fifo-as-users-run-it'],
      ...faulted,
    },
  ],
};
