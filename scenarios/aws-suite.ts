import { asItIs, type BuiltInSuite } from './suite.ts';

const sqs = ['sqs@standard', 'sqs@fifo'];
const sns = ['sns@raw', 'sns@fifo'];

/** The services of AWS, by what stands for them here, which takes some thousand messages a second. */
export const awsSuite: BuiltInSuite = {
  engines: [...sqs, ...sns],
  scenarios: [
    { ...asItIs('steady'), rate: 2_000, messages: 11_000, load: { warmup: '500' } },
    { ...asItIs('consumer-crash'), engines: sqs, rate: 2_000, messages: 6_000 },
    { ...asItIs('fan-out'), engines: sns, rate: 1_000, messages: 6_000 },
    { ...asItIs('broker-crash'), engines: sqs, rate: 2_000, messages: 6_000 },
    { ...asItIs('lost-response'), rate: 2_000, messages: 6_000 },
  ],
};
