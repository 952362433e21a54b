import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Administration, Deployed, Engine, Target } from '../../engines/engine.ts';
import type { Actor, WorkerGroup } from '../actors/actor.ts';
import { createWorkerGroup } from '../actors/worker-group.ts';
import type { CellFacts } from '../check/check.ts';
import { createJudge, type Judge } from '../check/judge.ts';
import { emptyEvent, EventKind, PhaseCode } from '../core/events.ts';
import type { LaneSpan } from '../core/lanes.ts';
import { hashText } from '../core/random.ts';
import { HistoryCollector } from '../history/collector.ts';
import type { HistoryFacts } from '../history/segments.ts';
import { nodeDisk } from '../history/node-disk.ts';
import type { Cell } from '../plan/cell.ts';
import type { RunEnvironment } from './environment.ts';
import type { LiveTarget } from './live-target.ts';
import { ReadPositions } from './read-positions.ts';

/** How often rings are drained, merged and judged. */
const pollMs = 2;

export interface PhaseSpan {
  readonly name: string;
  readonly startNs: number;
  endNs: number;
}

/** Everything that one cell set up, and that must be taken down again whatever happens. */
export interface Stage {
  readonly cell: Cell;
  readonly live: LiveTarget;
  readonly environment: RunEnvironment;
  readonly target: Target;
  readonly administration: Administration;
  readonly deployed: Deployed;
  readonly facts: CellFacts;
  readonly judge: Judge;
  readonly collector: HistoryCollector;
  readonly positions: ReadPositions;
  /** Completed sends by the engine's outcome code. */
  readonly outcomeCodes: Map<number, number>;
  readonly workers: WorkerGroup;
  readonly producers: Actor[];
  readonly consumers: Actor[];
  /** Actors that have ended, in whatever way. */
  readonly over: Set<Actor>;
  readonly lanes: LaneSpan[];
  readonly actorNames: Map<number, string>;
  readonly phases: PhaseSpan[];
  /** The timetable's zero; 0 before the load. */
  loadStartedNs: number;
  /** Calls back for every actor that is on stage or will be. */
  onCast(listener: (actor: Actor) => void): void;
  entered(actor: Actor): void;
  /** The cell's identity in message headers. */
  readonly run: number;
  readonly historyDirectory: string;
  readonly scratch: string;
  enter(phase: keyof typeof PhaseCode): void;
  /** Stops the polling and merges to the end; the history is complete afterwards. */
  seal(): HistoryFacts;
  close(): Promise<void>;
}

export async function openStage(
  cell: Cell,
  engine: Engine,
  live: LiveTarget,
  environment: RunEnvironment,
): Promise<Stage> {
  const { clock } = environment;
  const needsProxy = cell.scenario.faults.some((fault) => fault.kind === 'lose-response');
  const target = needsProxy && live.access.kind === 'started' ? live.access.proxied : live.direct;
  if (needsProxy && live.access.kind === 'started') await live.access.addedLatency();
  const scratch = join(environment.scratch, `cell-${cell.index}`);
  mkdirSync(scratch, { recursive: true });
  const administration = await engine.administer(live.direct, cell.profile.options);
  let deployed: Deployed;
  try {
    deployed = await administration.apply(topologyOf(cell, environment.runId));
  } catch (error) {
    await administration.close();
    throw error;
  }
  const facts = factsOf(cell);
  const judge = createJudge(facts);
  const positions = new ReadPositions();
  const outcomeCodes = new Map<number, number>();
  const historyDirectory = join('history', String(cell.index).padStart(4, '0'));
  const run = hashText(`${environment.runId}:${cell.id}`);
  const collector = new HistoryCollector({
    directory: join(environment.directory, historyDirectory),
    disk: nodeDisk,
    mode: environment.history,
    run,
  });
  collector.listen((event) => {
    judge.fold(event);
    positions.observe(event);
    if (event.kind === EventKind.sendSettled) {
      outcomeCodes.set(event.code, (outcomeCodes.get(event.code) ?? 0) + 1);
    }
  });
  const workers = createWorkerGroup();
  const phases: PhaseSpan[] = [];
  const cast: Actor[] = [];
  const castListeners: ((actor: Actor) => void)[] = [];
  let sealed: HistoryFacts | undefined;
  const poll = setInterval(() => collector.poll(clock.nowNs()), pollMs);
  return {
    cell,
    live,
    environment,
    target,
    administration,
    deployed,
    facts,
    judge,
    collector,
    positions,
    outcomeCodes,
    workers,
    producers: [],
    consumers: [],
    over: new Set(),
    lanes: [],
    actorNames: new Map([[0, 'harness']]),
    phases,
    loadStartedNs: 0,
    onCast: (listener) => {
      castListeners.push(listener);
      for (const actor of cast) listener(actor);
    },
    entered: (actor) => {
      cast.push(actor);
      for (const listener of castListeners) listener(actor);
    },
    run,
    historyDirectory,
    scratch,
    enter: (phase) => {
      const now = clock.nowNs();
      const last = phases.at(-1);
      if (last !== undefined) last.endNs = now;
      phases.push({ name: phase, startNs: now, endNs: now });
      collector.append({
        ...emptyEvent(),
        kind: EventKind.phase,
        timeNs: now,
        detail: PhaseCode[phase],
      });
      environment.progress.phase(cell.id, phase);
    },
    seal: () => {
      clearInterval(poll);
      sealed ??= collector.finish();
      return sealed;
    },
    close: async () => {
      clearInterval(poll);
      await workers.close();
      sealed ??= collector.finish();
      try {
        await administration.remove(deployed);
      } finally {
        await administration.close();
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

function topologyOf(cell: Cell, runId: string): Parameters<Administration['apply']>[0] {
  const { topology } = cell.scenario;
  const prefix = `ackmark-${runId}-${cell.index}`;
  return {
    destinations: [{ name: `${prefix}-d0`, scopes: topology.scopes }],
    subscriptions: Array.from({ length: topology.subscriptions }, (_, index) => ({
      name: `${prefix}-g${index}`,
      destination: 0,
    })),
  };
}

function factsOf(cell: Cell): CellFacts {
  const has = new Set(cell.traits.capabilities);
  return {
    groups: cell.scenario.topology.subscriptions,
    consumption: cell.profile.consumption,
    ackReply: cell.traits.ackReply,
    placed: has.has('places'),
    leased: has.has('lease'),
  };
}
