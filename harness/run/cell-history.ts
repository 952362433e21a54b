import { join } from 'node:path';
import { createJudge, type Judge } from '../check/judge.ts';
import { EventKind } from '../core/events.ts';
import { type CellFacts, type GroupFacts, plainFacts, plainGroup } from '../core/facts.ts';
import { hashText } from '../core/random.ts';
import { HistoryCollector } from '../history/collector.ts';
import { nodeDisk } from '../history/node-disk.ts';
import type { HistoryFacts } from '../history/segments.ts';
import { RedeliveryWatch } from '../measure/redelivery-watch.ts';
import type { Cell } from '../plan/cell.ts';
import { Assignments } from './assignments.ts';
import { atLimitOf, limitedGroup } from './dead-letters.ts';
import type { RunEnvironment } from './environment.ts';
import { Exercise } from './exercise.ts';
import { GivenUp } from './given-up.ts';
import { hasOutsideEffects } from './outside-effects.ts';
import { OutputCounter } from './output-counter.ts';
import { ReadPositions } from './read-positions.ts';
import { Reading } from './reading.ts';
import { SendTally } from './send-tally.ts';
import { routesOf } from './routed-cell.ts';
import { outputGroup, transformerGroup } from './transformation.ts';
import { tapsOf } from './taps.ts';
import type { Windows } from './windows.ts';

/** How often rings are drained, merged and judged. */
const pollMs = 2;

/** The history of one cell and everything that is folded from it while it grows. */
export interface CellHistory {
  /** The cell's identity in message headers and segment files. */
  readonly run: number;
  /** Relative to the run's directory. */
  readonly directory: string;
  readonly facts: CellFacts;
  readonly judge: Judge;
  readonly collector: HistoryCollector;
  readonly positions: ReadPositions;
  readonly reading: Reading;
  readonly assignments: Assignments;
  readonly givenUp: GivenUp;
  readonly exercise: Exercise;
  /** Of all deliveries so far; 0 where nothing is leased. */
  readonly longestLeaseMs: number;
  readonly tally: SendTally;
  readonly redelivery: RedeliveryWatch;
  /** Where outputs are the effects: writes down which were found of each input. */
  readBack(timeNs: number): void;
  /** Rejects when merging or folding fails; never resolves. */
  readonly failure: Promise<never>;
  /** CPU of this thread so far that merging, judging and keeping took. */
  readonly checkingMicros: () => number;
  /** Stops the polling and merges to the end; may be called again. All actors' threads must be gone. */
  seal(): HistoryFacts;
}

/** @param ledger where effects outside the system are; undefined where there are none */
export function openCellHistory(
  cell: Cell,
  environment: RunEnvironment,
  windows: Pick<Windows, 'at'>,
  ledger: string | undefined,
): CellHistory {
  const facts = factsOf(cell, ledger);
  const judge = createJudge(facts);
  const positions = new ReadPositions();
  const reading = new Reading(readsAgain(cell));
  const assignments = new Assignments();
  const givenUp = new GivenUp(cell.scenario.topology.deliveryLimit ?? 0);
  const exercise = new Exercise(cell);
  const isExercise = tapsOf(cell.scenario).length > 0;
  const countsOutputs = cell.scenario.workload.transformers > 0 && !hasOutsideEffects(cell);
  const outputs = countsOutputs ? new OutputCounter() : undefined;
  let longestLeaseMs = 0;
  const tally = new SendTally();
  const redelivery = new RedeliveryWatch((timeNs) => windows.at(timeNs));
  const run = cellNumber(environment.runKey, cell.id);
  const directory = join('history', String(cell.index).padStart(4, '0'));
  const collector = new HistoryCollector({
    directory: join(environment.directory, directory),
    disk: nodeDisk,
    mode: environment.history,
    run,
  });
  collector.listen((event) => {
    judge.fold(event);
    positions.observe(event);
    reading.observe(event);
    assignments.observe(event);
    givenUp.observe(event);
    if (isExercise) exercise.observe(event);
    outputs?.observe(event);
    if (event.kind === EventKind.deliver && event.ref > longestLeaseMs) longestLeaseMs = event.ref;
    tally.observe(event);
    redelivery.observe(event);
  });
  const failed = Promise.withResolvers<never>();
  // A failure between two waits must stay until somebody waits.
  failed.promise.catch(() => undefined);
  const polling = poll(collector, environment, failed.reject);
  let sealed: HistoryFacts | undefined;
  return {
    run,
    directory,
    facts,
    judge,
    collector,
    positions,
    reading,
    assignments,
    givenUp,
    exercise,
    get longestLeaseMs() {
      return longestLeaseMs;
    },
    tally,
    redelivery,
    readBack: (timeNs) => outputs?.readBack(collector, timeNs),
    failure: failed.promise,
    checkingMicros: polling.micros,
    seal: () => {
      polling.stop();
      sealed ??= collector.finish();
      return sealed;
    },
  };
}

function readsAgain({ scenario }: Cell): boolean {
  return scenario.faults.some(({ kind }) => kind === 'read-again');
}

interface Polling {
  /** CPU of this thread that it took so far. */
  micros(this: void): number;
  stop(this: void): void;
}

/** Drains the rings and hands on what is merged, until that fails or it is stopped. */
function poll(
  collector: HistoryCollector,
  { clock, threadCpuMicros }: RunEnvironment,
  fail: (error: unknown) => void,
): Polling {
  let micros = 0;
  const timer = setInterval(() => {
    const beganMicros = threadCpuMicros();
    try {
      collector.poll(clock.nowNs());
    } catch (error) {
      clearInterval(timer);
      fail(error);
    }
    micros += threadCpuMicros() - beganMicros;
  }, pollMs);
  return { micros: () => micros, stop: () => clearInterval(timer) };
}

/** What tells a cell's messages and segments from those of every other cell and run. */
export function cellNumber(runKey: string, cellId: string): number {
  return hashText(`${runKey}:${cellId}`);
}

function transforming(cell: Cell, ledger: string | undefined): Partial<CellFacts> {
  const { profile, traits, scenario } = cell;
  const outputs = scenario.topology.subscriptions - outputGroup;
  const readers = Array.from({ length: outputs }, (_, index) => outputGroup + index);
  const taps = tapsOf(scenario);
  const isFiled = taps.some(({ tap }) => tap.does.kind === 'file');
  return {
    routes: [
      { groups: [transformerGroup, ...taps.map(({ group }) => group)], mandatory: false },
      { groups: readers, mandatory: false },
    ],
    sinks: [
      { name: ledger === undefined ? 'the output' : `the effect ledger (${ledger})` },
      ...(isFiled ? [{ name: 'files of rows' }] : []),
    ],
    transactions: profile.transform === 'without-transactions' ? 'none' : traits.isolation,
  };
}

function routing({ scenario: { topology } }: Cell): Partial<CellFacts> {
  const plan = topology.routing;
  if (plan === undefined) return {};
  const attributes = plan.addresses.some(({ headers }) => headers !== undefined);
  return { routes: routesOf(plan), attributes };
}

/** A limit that the engine does not have is the cell's all the same: what is delivered beyond it is Q3. */
function groupsOf(cell: Cell): readonly GroupFacts[] {
  const { subscriptions, deliveryLimit } = cell.scenario.topology;
  const atLimit = atLimitOf(cell);
  const dead = atLimit.becomes === 'dead-letter';
  return [
    ...Array.from({ length: subscriptions }, (_, group): GroupFacts => {
      if (group !== limitedGroup || deliveryLimit === undefined) return plainGroup;
      const deadLetter = dead ? atLimit.reader : -1;
      return { ...plainGroup, attempts: deliveryLimit, deadLetter };
    }),
    ...(dead ? [{ role: 'dead-letter', of: limitedGroup } as const] : []),
    ...ofTaps(cell),
  ];
}

function ofTaps({ scenario }: Cell): readonly GroupFacts[] {
  const taps = tapsOf(scenario);
  return [
    ...taps.map(
      ({ deadLetters }): GroupFacts => ({ ...plainGroup, deadLetter: deadLetters?.group ?? -1 }),
    ),
    ...taps.flatMap(({ group, deadLetters }): GroupFacts[] =>
      deadLetters === undefined ? [] : [{ role: 'dead-letter', of: group }],
    ),
  ];
}

function factsOf(cell: Cell, ledger: string | undefined): CellFacts {
  const has = new Set(cell.traits.capabilities);
  return {
    ...plainFacts,
    groups: groupsOf(cell),
    consumption: cell.profile.consumption,
    ackReply: cell.traits.ackReply,
    placed: has.has('places'),
    leased: has.has('lease'),
    messageGroups: has.has('message-groups'),
    assignments: has.has('rebalance-events'),
    ...(cell.scenario.workload.transformers > 0 ? transforming(cell, ledger) : {}),
    ...routing(cell),
  };
}
