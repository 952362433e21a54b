import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import { nodeDisk } from '../history/node-disk.ts';
import { familyOf } from '../core/anomalies.ts';
import { type ClaimContext, obligedBy, type PromiseSet } from '../core/clauses.ts';
import type { CellFacts } from '../core/facts.ts';
import type { Judge } from '../check/judge.ts';
import { judgeCell } from '../check/verdict.ts';
import { readHistory } from '../history/reader.ts';
import { processTreeCpuMicros } from '../measure/process-cpu.ts';
import { limitOf } from '../measure/saturation.ts';
import type { Cell } from '../plan/cell.ts';
import type { MergedFigures } from '../measure/merge-reports.ts';
import { perSecond } from '../measure/per-second.ts';
import { latencyLogText } from '../record/latency-log.ts';
import type { BacklogRecord } from '../record/load-schema.ts';
import type { ClauseRecord, FaultRecord, JudgedCell } from '../record/schema.ts';
import { burdenOf } from './burden.ts';
import { identityOf } from './cell-identity.ts';
import { hasOutsideEffects } from './outside-effects.ts';
import { withWhatOthersGaveUp } from './consumer-faults.ts';
import { environmentFaultOf, withEnvironmentFault } from './environment-fault.ts';
import type { RunEnvironment } from './environment.ts';
import { exerciseOf } from './exercise-figures.ts';
import type { LiveTarget } from './live-target.ts';
import { withLongestGap } from './longest-gap.ts';
import { type CellFigures, collectFigures, priceOf } from './performance.ts';
import { isBacklog } from './is-backlog.ts';
import { type CpuReading, type Play, play } from './play.ts';
import { proc } from './proc.ts';
import { quotaFelt, throttledSends } from './quota-felt.ts';
import { resourcesOf } from './resources.ts';
import { writeSeal } from './seal.ts';
import { openStage, type Stage } from './stage.ts';
import { witnessesOf } from './witnesses.ts';

/** One cell from its topology to its record. Throws when it could not be run to its end. */
export async function runCell(
  cell: Cell,
  engine: Engine,
  live: LiveTarget,
  environment: RunEnvironment,
): Promise<JudgedCell> {
  const startedNs = environment.clock.nowNs();
  const stage = await openStage(cell, engine, live, environment);
  let record: JudgedCell;
  try {
    record = await perform(stage, engine, startedNs);
    const { directory } = record.history;
    if (directory !== '') writeSeal(join(environment.directory, directory), nodeDisk, record);
  } catch (error) {
    const cause = await withEnvironmentFault(error, live);
    // Whatever else fails while closing, a broker that is gone for example, is not the cause.
    await stage.close().catch(() => undefined);
    throw cause;
  }
  try {
    await stage.close();
  } catch (error) {
    // What cannot be cleared away must not clear away what was proven.
    if (record.verdict !== 'violated') throw error;
  }
  return record;
}

async function perform(stage: Stage, engine: Engine, startedNs: number): Promise<JudgedCell> {
  const { cell, environment } = stage;
  const played = await play(stage, () => readCpu(stage));
  const environmentFault = await environmentFaultOf(stage.live);
  const history = stage.history.seal();
  const judgement = judge(stage, played, engine, environmentFault);
  const figures = await collectFigures(stage);
  const performance = priceOf(stage, played, judgement.counts, figures);
  const { kind, title, address, nodes } = stage.target;
  return {
    status: 'judged',
    ...identityOf(cell),
    ...judgement,
    target: { kind, title: titled(title, stage), address, nodes, number: stage.live.number },
    burden: burdenOf(stage.live, cell.engine),
    effective: [...stage.deployed.effective, ...whereEffectsAre(stage)],
    options: JSON.stringify(cell.profile.options),
    outcomes: outcomeNames(stage),
    faults: faultsOf(played, stage),
    drain: played.drain,
    backlog: isBacklog(stage) ? backlogOf(played, judgement.counts.delivered, figures) : null,
    warmUp: played.warmUp ?? null,
    startedNs,
    tookNs: environment.clock.nowNs() - startedNs,
    phases: stage.phases.spans(),
    performance,
    resources: resourcesOf(stage, played, judgement.counts, figures),
    limit:
      performance.status === 'untimed'
        ? null
        : limitOf(
            { ...played.use, clientThread: performance.figures.clientBusyShare },
            quotaFelt(stage, figures),
            throttledSends(stage),
          ),
    series: [...figures.series],
    seriesTotal: figures.seriesTotal,
    windows: [...figures.windows.rows],
    windowsTotal: figures.windows.total,
    latencyLog: keepLatencies(stage, figures),
    clientThreads: [...figures.clientThreads],
    redelivery:
      figures.redelivery === undefined
        ? null
        : { latency: figures.redelivery.latency, untimed: figures.redelivery.untimed },
    reading: readingOf(stage),
    exercise: await exerciseOf(stage, played.faults, figures.windows.rows),
    replies: figures.replies ?? null,
    history: { ...history, directory: history.eventsKept > 0 ? stage.history.directory : '' },
    lanes: stage.troupe.lanes.map((lane) => ({ ...lane })),
    facts: stage.history.facts,
    judging: judgingOf(stage, played, environmentFault),
  };
}

function whereEffectsAre({ ledger }: Stage): readonly string[] {
  return ledger === undefined ? [] : [`effects outside: ${ledger.title}`];
}

/** What a system elsewhere is, and its version, is known only now. */
function titled(title: string, { deployed: { title: own, version } }: Stage): string {
  if (own !== undefined) return own;
  return version === undefined || title.includes(version) ? title : `${title} ${version}`;
}

/** @returns where its log is, relative to the run's directory; nothing when nothing was measured */
function keepLatencies({ cell, environment }: Stage, { intervals }: CellFigures): string {
  if (intervals.length === 0) return '';
  const file = join('latencies', `${String(cell.index).padStart(4, '0')}.hlog`);
  mkdirSync(join(environment.directory, 'latencies'), { recursive: true });
  writeFileSync(join(environment.directory, file), latencyLogText(cell.id, intervals));
  return file;
}

function faultsOf({ faults, cpu }: Play, stage: Stage): FaultRecord[] {
  const endNs = cpu.after.atNs;
  return withLongestGap(withWhatOthersGaveUp(faults, stage, endNs), stage, endNs);
}

function backlogOf(
  { drainStartNs }: Play,
  messages: number,
  { firstDeliverNs, firstDelivered, lastDeliverNs }: MergedFigures,
): BacklogRecord {
  return {
    messages,
    tookNs: Math.max(0, lastDeliverNs - drainStartNs),
    ratePerSecond: perSecond(messages - firstDelivered, lastDeliverNs - firstDeliverNs),
  };
}

/** Outputs that consumers read are not what producers stored: nothing is said of them. */
function readingOf({ cell, troupe, history }: Stage): JudgedCell['reading'] {
  if (cell.scenario.workload.transformers > 0) return null;
  const readers = troupe.consumers.flatMap(({ spec }) =>
    spec.role === 'consumer' && spec.subscription === 0
      ? [{ actor: spec.actor, name: spec.name }]
      : [],
  );
  return history.reading.record(readers, {
    isDense: cell.traits.capabilities.includes('partitions') && cell.traits.places === 'dense',
  });
}

type Judgement = Pick<JudgedCell, 'verdict' | 'reasons' | 'clauses' | 'counts' | 'longestGapNs'>;

function judge(
  stage: Stage,
  played: Play,
  engine: Engine,
  environmentFault: string | undefined,
): Judgement {
  const { cell, environment } = stage;
  const { results, counts, longestGapNs, irregularities } = finished(stage);
  const judging = judgingOf(stage, played, environmentFault);
  const { verdict, reasons, clauses } = judgeCell({
    ...judging,
    results,
    controlShows: cell.control.kind === 'planted' ? cell.control.shows : [],
    counts,
    faults: played.faults,
    faultsPlanned: cell.scenario.faults.length,
    drain: played.drain,
    irregularities: [...judging.irregularities, ...irregularities],
  });
  const witnesses = witnessesOf(
    results,
    join(environment.directory, stage.history.directory),
    engine,
    (actor) => stage.troupe.names[actor] ?? `actor ${actor}`,
  );
  return {
    verdict,
    reasons: [...reasons],
    clauses: clauses.map(
      (clause): ClauseRecord => ({
        ...clause,
        witnesses: [...(witnesses.get(clause.check) ?? [])],
      }),
    ),
    counts,
    longestGapNs,
  };
}

/** A history that was kept in whole decides also what bounds of memory have left open. */
function finished({ history, environment }: Stage): ReturnType<Judge['finish']> {
  const judgement = history.judge.finish();
  if (!history.seal().complete) return judgement;
  return history.judge.resolve(judgement, (visit) => {
    readHistory(join(environment.directory, history.directory), nodeDisk, visit);
  });
}

function judgingOf(
  stage: Stage,
  played: Play,
  environmentFault: string | undefined,
): JudgedCell['judging'] {
  const { cell } = stage;
  const { lost } = stage.history.collector.totals();
  const { level, promises } = cell.profile;
  const claimed = promises.filter((promise) => canBeKept(promise, cell, stage.history.facts));
  const isClaimed = cell.claimed && environmentFault === undefined;
  const obliged = isClaimed ? obligedBy(level, claimed, { effects: effectsOf(stage) }) : [];
  return {
    obliged: obliged.map((clause) => ({ ...clause })),
    deviations: cell.deviations.map((deviation) => ({ ...deviation })),
    waived: cell.profile.waived.map((waiver) => ({ ...waiver })),
    exposes: [...cell.scenario.exposes],
    sendReply: cell.traits.sendReply,
    guards: { ...cell.scenario.guards },
    actors: [...stage.troupe.names],
    irregularities: [
      ...(environmentFault === undefined ? [] : [environmentFault]),
      ...played.irregularities,
      ...diskFull(lost),
    ],
    eventsLost: lost,
  };
}

function effectsOf({ cell, history }: Stage): ClaimContext['effects'] {
  if (hasOutsideEffects(cell)) return 'outside';
  return history.facts.sinks.length > 0 ? 'in-the-system' : 'unrecorded';
}

/** A promise about what a cell does not have is not put to the test there, and nobody claims it. */
function canBeKept(promise: PromiseSet, cell: Cell, { groups, routes }: CellFacts): boolean {
  const { scenario } = cell;
  if (promise === 'outside-effects') return hasOutsideEffects(cell);
  if (promise === 'routing') return routes.length > 0;
  if (promise === 'delivery-limit') {
    const isLimited = groups.some((of) => of.role === 'subscription' && of.attempts > 0);
    return isLimited && scenario.exposes.includes('Q3');
  }
  if (promise !== 'dead-letter') return true;
  const isExposed = scenario.exposes.some((check) => familyOf(check) === 'dead-letter');
  return isExposed && groups.some(({ role }) => role === 'dead-letter');
}

function diskFull(eventsLost: number): readonly string[] {
  return eventsLost > 0 ? ['events could not be kept: the disk is full'] : [];
}

function outcomeNames(stage: Stage): Record<string, number> {
  return Object.fromEntries(
    [...stage.history.tally.codes].map(([code, operations]) => [
      stage.outcomeName(code),
      operations,
    ]),
  );
}

function readCpu(stage: Stage): CpuReading {
  const { access } = stage.live;
  const nodes = access.kind === 'started' ? access.nodes : [];
  return {
    atNs: stage.environment.clock.nowNs(),
    harnessMicros: stage.environment.threadCpuMicros(),
    checkingMicros: stage.history.checkingMicros(),
    nodes: nodes.map((node) => ({
      name: node.name,
      micros: processTreeCpuMicros(node.pid(), proc),
    })),
  };
}
