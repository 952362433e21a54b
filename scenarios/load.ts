/** How many messages a workload has and when they come: plain data, the same for every engine. */
export type Load =
  | {
      readonly kind: 'open';
      /** On average over the whole load. */
      readonly ratePerSecond: number;
      /** How messages come at that rate; evenly where nothing is said. */
      readonly arrivals?: Arrivals;
      readonly messages: number;
      readonly warmupMessages: WarmUp;
      readonly late: LatePolicy;
    }
  | {
      readonly kind: 'closed';
      /** Unanswered messages of all producers together. */
      readonly window: number;
      readonly messages: number;
      readonly warmupMessages: WarmUp;
    };

/**
 * Messages that are left out of every latency figure, and still judged: so many, or those before the load is steady,
 * at most half of all.
 */
export type WarmUp = number | 'until-steady';

export type OpenLoad = Load & { readonly kind: 'open' };

/** The instants of an open load; `timetableOf` gives each its t_k = R⁻¹(k). */
export type Arrivals =
  | { readonly kind: 'constant' }
  /** Gaps are independent and exponential: what many senders that know nothing of each other make. */
  | { readonly kind: 'poisson' }
  /** So many at one instant, every size / rate seconds. */
  | { readonly kind: 'bursts'; readonly size: number }
  /** One stage after another; where both rates of one differ it is a ramp. The mean rate follows from them. */
  | { readonly kind: 'stages'; readonly stages: readonly Stage[] }
  /** Instants that were recorded, in nanoseconds since the load's start, never falling. */
  | { readonly kind: 'trace'; readonly file: string; readonly offsetsNs: readonly number[] };

export interface Stage {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationMs: number;
}

/**
 * What becomes of a message that could not leave in time. `catch-up`: it leaves late, however late. A bound: it
 * leaves up to so many milliseconds late and is dropped after that. `drop`: bounded by ten periods of the pacer. A
 * dropped message counts as an endless response.
 */
export type LatePolicy = 'catch-up' | 'drop' | { readonly boundMs: number };

/** Messages of a stage; the load has the sum over its stages, rounded. */
export function messagesOfStage({ fromPerSecond, toPerSecond, durationMs }: Stage): number {
  return ((fromPerSecond + toPerSecond) / 2) * (durationMs / 1_000);
}

/** How long an open load is planned to take. */
export function plannedMs(load: OpenLoad): number {
  const { arrivals } = load;
  if (arrivals?.kind === 'stages') {
    return arrivals.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }
  if (arrivals?.kind === 'trace') return (arrivals.offsetsNs[load.messages - 1] ?? 0) / 1e6;
  return (load.messages / load.ratePerSecond) * 1_000;
}
