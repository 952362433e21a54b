import type { FaultPlan, Scenario } from '../scenario.ts';
import { messagesOfStage, type Stage } from '../load.ts';

/** A hundred million events a day, and the minute in which there are most. */
const meanPerSecond = 1_157;
const peakPerSecond = 5_800;
const users = 1_000_000;

interface Length {
  readonly id: string;
  readonly summary: string;
  /** Before, of and after the peak. */
  readonly seconds: readonly [number, number, number];
  /** Rates are divided by it; 1 is unscaled. */
  readonly scale: number;
  /** Of analytics: the scaled hour, and rows that it collects at most. */
  readonly flushEveryMs: number;
  readonly flushRows: number;
  /** When somebody dies, in seconds of the load; the broker last. */
  readonly strikes: { readonly job: number; readonly analytics: number; readonly broker: number };
  readonly fraudConsumers: number;
  /** Rows in memory with which it dies. */
  readonly holding: number;
  readonly undecodableOneIn: number;
  readonly catchUpMs: number;
}

/**
 * A payment company’s stream: events of a million users, keyed by user, and three readers. Billing is a job with
 * transactions and a ledger elsewhere; fraud decides about each record and sets aside what it cannot decode; analytics
 * collects rows and writes them to files. One of analytics dies with rows in memory, a billing job between its effect
 * and its outputs, and the broker after the peak.
 */
function exerciseOf(length: Length): Scenario {
  const { scale } = length;
  const [before, peak, after] = length.seconds;
  const stages: readonly Stage[] = [
    steadily(meanPerSecond / scale, before),
    steadily(peakPerSecond / scale, peak),
    steadily(meanPerSecond / scale, after),
  ];
  const messages = Math.floor(stages.reduce((sum, stage) => sum + messagesOfStage(stage), 0));
  return {
    id: length.id,
    summary: length.summary,
    // A price would be that of a broker which was away.
    kind: 'conformance',
    needs: [
      { kind: 'transactional-job' },
      { kind: 'fan-out' },
      { kind: 'capability', capability: 'partitions' },
      { kind: 'broker-process' },
    ],
    topology: topologyOf(length),
    workload: {
      producers: 1,
      consumers: 1,
      transformers: 2,
      effects: 'postgres',
      payloadBytes: 1_024,
      keys: 1_024,
      users,
      load: {
        kind: 'open',
        ratePerSecond: messages / (before + peak + after),
        arrivals: { kind: 'stages', stages },
        messages,
        warmupMessages: 0,
        late: 'catch-up',
      },
      lingerMs: 5,
      batchMessages: 500,
      prefetch: 400,
      workMs: 5,
      drainTimeoutMs: 60_000,
    },
    faults: strikesOf(length)
      .toSorted((one, other) => one.at - other.at)
      .map((plan) => ({ ...plan, at: sentBy(stages, plan.at) / messages })),
    under: 'process-crash',
    exposes: ['D1', 'O2', 'E1', 'E2', 'T4'],
    guards: {
      minimumAcknowledged: messages / 2,
      minimumDelivered: messages / 2,
      minimumInFlightAtFault: 1,
      minimumExposure: {},
    },
    controls: [{ kind: 'without-promise', promise: 'outside-effects', shows: ['E2'] }],
  };
}

function topologyOf(length: Length): Scenario['topology'] {
  return {
    scopes: 32,
    subscriptions: 2,
    taps: [
      {
        name: 'fraud',
        consumers: length.fraudConsumers,
        prefetch: 1,
        does: {
          kind: 'examine',
          undecodableOneIn: length.undecodableOneIn,
          retryPausesMs: [25, 50, 100],
          p99MsMost: 1_000,
          catchUpMs: length.catchUpMs,
        },
      },
      {
        name: 'analytics',
        consumers: 2,
        prefetch: 1_000,
        does: { kind: 'file', flushRows: length.flushRows, flushEveryMs: length.flushEveryMs },
      },
    ],
  };
}

/** With the second of the load in place of its share. */
function strikesOf({ strikes, holding }: Length): readonly FaultPlan[] {
  const of = { tap: 'analytics', holding };
  return [
    { kind: 'crash-transformer', at: strikes.job, after: 'effect', downMs: 100 },
    { kind: 'crash-consumer', at: strikes.analytics, downMs: 100, of },
    { kind: 'kill-broker', at: strikes.broker, downMs: 1_500 },
  ];
}

function steadily(perSecond: number, seconds: number): Stage {
  return { fromPerSecond: perSecond, toPerSecond: perSecond, durationMs: seconds * 1_000 };
}

function sentBy(stages: readonly Stage[], second: number): number {
  let sent = 0;
  let leftMs = second * 1_000;
  for (const stage of stages) {
    const durationMs = Math.min(leftMs, stage.durationMs);
    sent += messagesOfStage({ ...stage, durationMs });
    leftMs -= durationMs;
  }
  return sent;
}

/** Unscaled, the peak held for a minute. */
export const fintech = exerciseOf({
  id: 'fintech',
  summary:
    'billing, fraud and analytics of one stream at 1,157/s and a minute of 5,800/s, struck thrice',
  seconds: [30, 60, 60],
  strikes: { job: 60, analytics: 15, broker: 105 },
  fraudConsumers: 4,
  scale: 1,
  flushEveryMs: 10_000,
  flushRows: 20_000,
  holding: 2_000,
  undecodableOneIn: 20_000,
  catchUpMs: 15_000,
});

/** What shows the mechanisms, and no figure of a system under such a load. */
export const fintechShort = exerciseOf({
  id: 'fintech-short',
  summary: 'the same at a quarter of the rates, for seconds instead of minutes',
  seconds: [10, 2, 6],
  // Early enough that a slow machine finds all of them at work.
  strikes: { job: 1, analytics: 4, broker: 13 },
  fraudConsumers: 2,
  scale: 4,
  flushEveryMs: 1_000,
  flushRows: 2_000,
  holding: 50,
  undecodableOneIn: 500,
  catchUpMs: 3_000,
});
