import { plural, whole } from '../core/plural.ts';
import { clientBusyLimit, isDriverLimited } from '../record/cell-questions.ts';
import type { DistributionRecord } from '../record/schema.ts';

/** What a cell's figures are judged by. Rates are messages per second, shares are 0 to 1. */
export interface ValidityInput {
  /** 0 for a closed loop, which has no rate to miss. */
  readonly targetRatePerSecond: number;
  readonly achievedRatePerSecond: number;
  readonly lateness: DistributionRecord;
  /** `undefined` when the profile gets no answers, so that there is nothing to measure. */
  readonly publishResponse: DistributionRecord | undefined;
  readonly endToEndResponse: DistributionRecord;
  /** Sends that the timetable asked for and that were left out because they were overdue. */
  readonly dropped: number;
  readonly drained: boolean;
  /** As in `PerformanceFigures`. */
  readonly clientBusyShare: number;
  /** Undefined where the load says itself how long it warms up. */
  readonly warmUp: { readonly steady: boolean; readonly messages: number } | undefined;
  readonly harnessCpuShare: number;
}

export type Validity =
  | { readonly status: 'valid' }
  | {
      readonly status: 'invalid';
      readonly reasons: readonly string[];
      /** Sends that left late are all that is wrong, and they were too few to move the middle. */
      readonly middleStands: boolean;
    };

const lateAllowanceNs = 2e6;
const lateShareOfP99 = 0.25;
const lateShareOfP50 = 0.25;
const rateShare = 0.99;
const harnessCpuLimit = 0.15;
/** Ten samples beyond a quantile is the least that makes it more than one unlucky sample. */
const samplesForP99 = 1_000;
const samplesForP999 = 10_000;

/** Whether the figures of a cell may be compared: an invalid cell enters no ranking and carries no price. */
export function judgeValidity(input: ValidityInput): Validity {
  const faults = generatorFaults(input);
  const said = (kind: GeneratorFault['kind']): readonly string[] =>
    faults.filter((fault) => fault.kind === kind).map(({ text }) => text);
  const late = lateGenerator(input);
  const reasons = [
    // First: a late generator and a missed rate follow from a saturated client.
    ...said('generator'),
    ...missedRate(input),
    ...tooFewSamples('publish', input.publishResponse),
    ...tooFewSamples('end-to-end', input.endToEndResponse),
    ...(input.drained ? [] : ['the drain did not complete']),
    ...said('harness'),
    ...(input.warmUp?.steady === false
      ? [
          `not steady after ${whole(input.warmUp.messages)} messages, which is all that a warm-up may take`,
        ]
      : []),
    ...(input.dropped === 0
      ? []
      : [`${plural(input.dropped, 'overdue send was', 'overdue sends were')} dropped`]),
  ];
  if (reasons.length === 0) return { status: 'valid' };
  const middleStands = reasons.length === late.length && isMiddleInTime(input);
  return { status: 'invalid', reasons, middleStands };
}

/**
 * Other work on the machine holds up a send in a hundred long before it moves the middle one: what most messages met,
 * and what all of them cost, is still the engine's. Half of the sends left within a quarter of what the middle
 * message took, and nine of ten within all of it.
 */
function isMiddleInTime(
  input: Pick<ValidityInput, 'lateness' | 'publishResponse' | 'endToEndResponse'>,
): boolean {
  const { lateness, publishResponse, endToEndResponse } = input;
  return [publishResponse, endToEndResponse].every(
    (response) =>
      response === undefined ||
      (lateness.p50Ns <= lateShareOfP50 * response.p50Ns && lateness.p90Ns <= response.p50Ns),
  );
}

function saturatedClient({
  clientBusyShare,
}: Pick<ValidityInput, 'clientBusyShare'>): readonly string[] {
  if (!isDriverLimited({ clientBusyShare })) return [];
  const share = (clientBusyShare * 100).toFixed(0);
  return [
    `driver-limited: the busiest client thread took ${share} % of a core (allowed ${clientBusyLimit * 100} %)`,
  ];
}

/** What this side did wrong, so that nothing it measured can be held against the engine. */
export interface GeneratorFault {
  /** `generator`: a client thread was saturated, or sends left late; `harness`: judging took CPU that client and broker share. */
  readonly kind: 'generator' | 'harness';
  readonly text: string;
}

export function generatorFaults(
  input: Pick<
    ValidityInput,
    'lateness' | 'publishResponse' | 'endToEndResponse' | 'clientBusyShare' | 'harnessCpuShare'
  >,
): readonly GeneratorFault[] {
  return [
    ...saturatedClient(input).map((text): GeneratorFault => ({ kind: 'generator', text })),
    ...lateGenerator(input).map((text): GeneratorFault => ({ kind: 'generator', text })),
    ...heavyHarness(input).map((text): GeneratorFault => ({ kind: 'harness', text })),
  ];
}

/** Client and harness had the CPU that they needed, whether or not every send left in time. */
export function isCapable(
  input: Pick<ValidityInput, 'clientBusyShare' | 'harnessCpuShare'>,
): boolean {
  return saturatedClient(input).length === 0 && heavyHarness(input).length === 0;
}

function lateGenerator(
  input: Pick<ValidityInput, 'lateness' | 'publishResponse' | 'endToEndResponse'>,
): readonly string[] {
  const reportedP99Ns = (input.publishResponse ?? input.endToEndResponse).p99Ns;
  const limitNs = Math.max(lateAllowanceNs, lateShareOfP99 * reportedP99Ns);
  return input.lateness.p99Ns <= limitNs
    ? []
    : [
        `the generator was late: p99 ${milliseconds(input.lateness.p99Ns)}, allowed ${milliseconds(limitNs)}`,
      ];
}

/** Fewer left than the timetable asked for, whoever is to blame. */
export function rateMissed(
  input: Pick<ValidityInput, 'targetRatePerSecond' | 'achievedRatePerSecond'>,
): boolean {
  return input.achievedRatePerSecond < rateShare * input.targetRatePerSecond;
}

function missedRate(input: ValidityInput): readonly string[] {
  return !rateMissed(input)
    ? []
    : [
        `achieved ${whole(input.achievedRatePerSecond)} of ${whole(input.targetRatePerSecond)} messages per second`,
      ];
}

function tooFewSamples(
  name: string,
  distribution: DistributionRecord | undefined,
): readonly string[] {
  if (distribution === undefined || distribution.count >= samplesForP999) return [];
  const [quantile, needed] =
    distribution.count < samplesForP99 ? ['p99', samplesForP99] : ['p99.9', samplesForP999];
  return [
    `${plural(distribution.count, `${name} sample is`, `${name} samples are`)} too few for ${quantile} (${whole(needed)})`,
  ];
}

function heavyHarness(input: Pick<ValidityInput, 'harnessCpuShare'>): readonly string[] {
  return input.harnessCpuShare <= harnessCpuLimit
    ? []
    : [
        `the harness took ${(input.harnessCpuShare * 100).toFixed(0)} % of all cores (allowed ${harnessCpuLimit * 100} %)`,
      ];
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(2)} ms`;
}
