import type { Administration, Backlog, Deployed, Topology } from '../../engines/engine.ts';
import { plural } from '../core/plural.ts';
import { comparePositions } from '../core/position.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import { describeError } from '../core/errors.ts';
import type { CellHistory } from './cell-history.ts';
import type { RunEnvironment } from './environment.ts';
import { waitUntil } from './waiting.ts';

export interface Drain {
  readonly complete: boolean;
  readonly tookNs: number;
  /** What proved it, or why it was not proved. */
  readonly by: string;
}

const pollMs = 50;
/** Looks in a row that must agree: one could fall between a lease's end and the next delivery. */
const agreeing = 3;
/**
 * Without any backlog to ask: nothing arrived for so long, and before that for as long as any lease lasts,
 * because what is leased to a dead consumer comes again only then.
 */
const quietMs = 2_000;
/**
 * What a queue has given up travels to the dead letters by itself, and no depth counts it on its way: RabbitMQ took 0.3 s
 * on a busy machine.
 */
const travelMs = 2_000;

/** What a drain needs of the stage. */
export interface Drainable {
  readonly environment: Pick<RunEnvironment, 'clock' | 'signal'>;
  readonly cell: {
    readonly scenario: { readonly workload: { readonly drainTimeoutMs: number } };
  };
  readonly administration: Pick<Administration, 'backlog'>;
  readonly deployed: Deployed;
  readonly history: Pick<CellHistory, 'longestLeaseMs'> & {
    readonly collector: Pick<CellHistory['collector'], 'append'>;
    readonly positions: Pick<CellHistory['positions'], 'reached'>;
  };
  readonly troupe: { livingReaders(): readonly DrainedReader[] };
}

interface DrainedReader {
  counters(): { readonly delivered: number; readonly unsettledDeliveries: number };
  /** Whether it has answered after everything that was on its way to it. */
  fence(): Promise<boolean>;
}

/** Waits until every subscription has been read to its end and settled; each proof enters the history. */
export async function drain(stage: Drainable): Promise<Drain> {
  const { clock } = stage.environment;
  const startedNs = clock.nowNs();
  const groups = stage.deployed.topology.subscriptions.length;
  const proofs: string[] = [];
  const timeoutMs = stage.cell.scenario.workload.drainTimeoutMs;
  for (let group = 0; group < groups; group += 1) {
    const { done, seen } = await untilRead(stage, group, timeoutMs);
    const tookNs = clock.nowNs() - startedNs;
    if (!done) {
      const by = `not drained in ${timeoutMs / 1000} s: ${seen}`;
      return { complete: false, tookNs, by };
    }
    proofs.push(seen);
    stage.history.collector.append({
      ...emptyEvent(),
      kind: EventKind.drainComplete,
      timeNs: clock.nowNs(),
      group,
    });
  }
  return {
    complete: true,
    tookNs: clock.nowNs() - startedNs,
    by: [...new Set(proofs)].join('; '),
  };
}

/** Waits until a subscription has been read to its end and settled. */
export async function untilRead(
  stage: Drainable,
  group: number,
  timeoutMs: number,
): Promise<{ readonly done: boolean; readonly seen: string }> {
  const watch = watchGroup(stage, group);
  const { signal } = stage.environment;
  const done = await waitUntil(() => watch.look(), timeoutMs, pollMs, signal);
  return { done, seen: watch.lastSeen() };
}

interface GroupWatch {
  look(): Promise<boolean>;
  lastSeen(): string;
}

function watchGroup(stage: Drainable, group: number): GroupWatch {
  const neededMs = hasDeadLetters(stage.deployed.topology, group) ? travelMs : 0;
  let agreed = 0;
  let seen = 'nothing was asked';
  let lastDelivered = -1;
  let quietSinceNs = stage.environment.clock.nowNs();
  return {
    lastSeen: () => seen,
    look: async () => {
      const delivered = sum(stage, 'delivered');
      if (delivered !== lastDelivered) quietSinceNs = stage.environment.clock.nowNs();
      lastDelivered = delivered;
      let backlog: Backlog;
      try {
        backlog = await stage.administration.backlog(stage.deployed, group);
      } catch (error) {
        // The broker may be on its way back; the timeout of the drain bounds how often this is asked.
        seen = `the broker did not answer: ${describeError(error)}`;
        return false;
      }
      const unsettled = sum(stage, 'unsettledDeliveries');
      const quietForMs = (stage.environment.clock.nowNs() - quietSinceNs) / 1e6;
      const state = emptiness(stage, group, backlog, quietForMs);
      seen =
        unsettled === 0
          ? state.seen
          : `${state.seen}; ${plural(unsettled, 'delivery', 'deliveries')} unsettled`;
      const isOver = state.empty && unsettled === 0 && quietForMs >= neededMs;
      agreed = isOver ? agreed + 1 : 0;
      if (agreed < agreeing) return false;
      agreed = 0;
      return nothingUnderway(stage);
    },
  };
}

function hasDeadLetters({ subscriptions }: Topology, group: number): boolean {
  const destination = subscriptions[group]?.destination;
  return subscriptions.some(
    ({ deliveryLimit }) =>
      deliveryLimit?.deadLetters !== undefined && deliveryLimit.deadLetters === destination,
  );
}

function emptiness(
  stage: Drainable,
  group: number,
  backlog: Backlog,
  quietForMs: number,
): { readonly empty: boolean; readonly seen: string } {
  switch (backlog.by) {
    case 'exact-depth':
      return {
        empty: backlog.ready === 0 && backlog.inFlight === 0,
        seen: `depth ${backlog.ready} ready, ${backlog.inFlight} in flight`,
      };
    case 'end-position': {
      const behind = backlog.ends.filter(({ scope, end }) => {
        const reached = stage.history.positions.reached(group, scope);
        if (reached === undefined) return end.major > 0 || end.minor > 0;
        // `end` is the position after the last entry, so the last one read stands just before it.
        return comparePositions({ major: reached.major + 1, minor: 0 }, end) < 0;
      });
      return {
        empty: behind.length === 0,
        seen: `${backlog.ends.length - behind.length} of ${backlog.ends.length} scopes read to their end`,
      };
    }
    case 'quiescence': {
      const neededMs = quietMs + stage.history.longestLeaseMs;
      const seen = `nothing delivered for ${neededMs / 1000} s`;
      if (quietForMs > neededMs) return { empty: true, seen };
      const soFar = `nothing delivered for ${(quietForMs / 1000).toFixed(1)} s`;
      return { empty: false, seen: `${soFar}, ${neededMs / 1000} s are needed` };
    }
  }
}

/** A copy could be on its way to a busy consumer, counted by nobody: each answers before it is over. */
async function nothingUnderway(stage: Drainable): Promise<boolean> {
  const before = sum(stage, 'delivered');
  const alive = stage.troupe.livingReaders();
  const answers = await Promise.all(alive.map((actor) => actor.fence()));
  return (
    answers.every(Boolean) &&
    sum(stage, 'delivered') === before &&
    sum(stage, 'unsettledDeliveries') === 0
  );
}

function sum(stage: Drainable, counter: 'delivered' | 'unsettledDeliveries'): number {
  return stage.troupe
    .livingReaders()
    .reduce((total, actor) => total + actor.counters()[counter], 0);
}
