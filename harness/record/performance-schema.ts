/** What was measured of a cell: latencies, rates and CPU, and whether the measurement stands. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

export const distribution = z
  .strictObject({
    count,
    meanNs: nanoseconds,
    p50Ns: nanoseconds,
    p90Ns: nanoseconds,
    p99Ns: nanoseconds,
    p999Ns: nanoseconds,
    maxNs: nanoseconds,
    hdr: z.string().describe('HdrHistogram V2, compressed, base64; values in nanoseconds'),
  })
  .describe('A latency distribution; all figures are zero when count is zero');

export const performanceFigures = z.strictObject({
  targetRatePerSecond: z.number().describe('0 for a closed loop'),
  achievedRatePerSecond: z.number(),
  deliveredRatePerSecond: z.number(),
  publishResponse: distribution.describe('acknowledged minus intended instant'),
  publishService: distribution.describe('acknowledged minus handed to the client'),
  endToEndResponse: distribution.describe('first delivery minus intended instant'),
  endToEndService: distribution.describe('first delivery minus handed to the client'),
  lateness: distribution.describe('the generator’s own delay'),
  clientBlocked: distribution.describe('delay caused by the client library or its backpressure'),
  clientCpuMicrosPerMessage: z.number(),
  brokerCpuMicrosPerMessage: z.number().nullable(),
  clientBusyShare: z
    .number()
    .default(0)
    .describe(
      'CPU time of the busiest client thread / time with something to do; near 1: saturated',
    ),
  harnessCpuShare: z.number().describe('coordinator CPU time / (elapsed × cores)'),
});

export const redelivery = z.strictObject({
  latency: distribution.describe(
    'from when the copy before was requeued, its session ended or, otherwise, it was delivered',
  ),
  untimed: count.describe(
    'called redeliveries by the broker, though nobody saw the copy before and no session had ended',
  ),
});

export const performance = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('untimed'), reason: z.string() }),
  z.strictObject({ status: z.literal('valid'), figures: performanceFigures }),
  z.strictObject({
    status: z.literal('invalid'),
    reasons: z.array(z.string()).min(1),
    middleStands: z
      .boolean()
      .default(false)
      .describe(
        'nothing but the tail was late: medians, rates and CPU count, p99 and beyond do not',
      ),
    figures: performanceFigures,
  }),
]);

export type DistributionRecord = z.infer<typeof distribution>;
export type PerformanceRecord = z.infer<typeof performance>;
export type PerformanceFigures = z.infer<typeof performanceFigures>;
