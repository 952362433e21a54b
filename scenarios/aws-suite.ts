import { asItIs, type BuiltInSuite } from './suite.ts';

const sqs = ['sqs@standard', 'sqs@fifo'];
const sns = ['sns@raw', 'sns@fifo'];
const kinesis = ['kinesis@shards'];

/** Few enough messages for some seconds each, and as many as the guards ask for. */
const faulted = { rate: 3_000, messages: 6_000 } as const;

/**
 * The services of AWS, by what stands for them here, which takes some thousand messages a second: within a minute on
 * two cores. What stands for SNS is the same process as for SQS, so that one of them is priced, by the profile that
 * promises most; timed cells have the machine for themselves. `steady` is last, so that its short controls fill the
 * waits of long ones.
 */
export const awsSuite: BuiltInSuite = {
  engines: [...sqs, ...sns, ...kinesis],
  scenarios: [
    { ...asItIs('consumer-crash'), engines: [...sqs, ...kinesis], ...faulted },
    { ...asItIs('fan-out'), engines: sns, ...faulted },
    { ...asItIs('broker-crash'), engines: [...sqs, ...kinesis], ...faulted },
    { ...asItIs('lost-response'), engines: [...sqs, 'sns@fifo', ...kinesis], ...faulted },
    {
      ...asItIs('steady'),
      engines: ['sqs@fifo', ...kinesis],
      rate: 3_000,
      messages: 11_000,
      load: { warmup: '500' },
    },
  ],
};
