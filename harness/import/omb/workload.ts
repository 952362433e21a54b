import { parseDocument } from 'yaml';
import { z } from 'zod';
import { AckmarkError } from '../../core/errors.ts';

/** How OMB gives messages their keys (`KeyDistributorType`). */
const keyDistributors = ['NO_KEY', 'KEY_ROUND_ROBIN', 'RANDOM_NANO'] as const;

const count = z.int().min(0);

/**
 * A workload of the OpenMessaging Benchmark: the fields of `Workload.java` in its repository and in the forks that
 * its public workload files were written for. Defaults are those of that class; rates are messages per second over
 * all topics and producers.
 */
const workload = z.object({
  name: z.string().default('workload'),
  topics: count.default(1),
  partitionsPerTopic: count.default(1),
  keyDistributor: z.enum(keyDistributors).default('NO_KEY'),
  messageSize: count.default(0),
  useRandomizedPayloads: z.boolean().optional(),
  randomBytesRatio: z.number().optional(),
  randomizedPayloadPoolSize: count.optional(),
  payloadFile: z.string().optional(),
  subscriptionsPerTopic: count.default(1),
  producersPerTopic: count.default(1),
  consumerPerSubscription: count.default(1),
  messageRateReceivedForSubscription: z.number().optional(),
  producerRate: count.default(0),
  producerStartRate: count.optional(),
  acceptableBacklog: count.optional(),
  producerIncrementRate: count.default(0),
  producerIncrementSeconds: count.default(60),
  consumerBacklogSizeGB: count.default(0),
  backlogDrainRatio: z.number().optional(),
  producerPauseBeforeDrain: z.union([count, z.boolean()]).optional(),
  producerPauseDuringDrain: z.union([count, z.boolean()]).optional(),
  testDurationMinutes: count.default(1),
  warmupDurationMinutes: count.default(1),
  logIntervalMillis: count.optional(),
});

export type OmbWorkload = z.output<typeof workload>;
export type OmbField = keyof OmbWorkload;

export interface ReadWorkload {
  readonly workload: OmbWorkload;
  /** Keys of the file that OMB has no field for; OMB itself passes over them in silence. */
  readonly unknown: readonly string[];
}

/**
 * Reads a workload file. A value such as `${ombTestDuration:-15}`, which a shell is meant to fill in, stands for
 * its default.
 *
 * @throws AckmarkError USAGE with file, field and what is wrong
 */
export function readWorkload(text: string, file: string): ReadWorkload {
  const document = parseDocument(withDefaults(text), { prettyErrors: true });
  const hint =
    'A workload file of the OpenMessaging Benchmark is a YAML mapping with `messageSize`.';
  const [first] = document.errors;
  if (first !== undefined) {
    throw new AckmarkError('USAGE', `${file}: ${first.message}`, { hint, cause: first });
  }
  const values: unknown = document.toJS();
  const read = workload.safeParse(values);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new AckmarkError('USAGE', `${file}: ${problems.join('; ')}`, { hint, cause: read.error });
  }
  const known = new Set(Object.keys(workload.shape));
  const unknown = Object.keys(values as object).filter((key) => !known.has(key));
  return { workload: read.data, unknown };
}

function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}
