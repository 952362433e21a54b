import { basename } from 'node:path';
import { judgeCell } from '../../check/verdict.ts';
import { zoom } from '../../check/zoom.ts';
import type { CheckId } from '../../core/anomalies.ts';
import { eventBytes } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import { hashText } from '../../core/random.ts';
import type { Disk } from '../../history/disk.ts';
import { readHistory } from '../../history/reader.ts';
import type { Sidecar } from '../../import/sidecar.ts';
import type { ClauseRecord, JudgedCell } from '../../record/schema.ts';
import { claimsAnything, claimText, type ForeignClaim, obligedOf } from './claim.ts';
import type { FoldedHistory, ReadSummary } from './fold-history.ts';
import { eventNames } from './names-of.ts';
import type { ForeignHistory } from './open-history.ts';
import { eventsMissing, listedLines, unreadable } from './unread.ts';

export interface ForeignOptions {
  readonly claim: ForeignClaim;
  /** Leaves lines out that cannot be read, instead of deciding nothing. */
  readonly lenient: boolean;
  readonly disk: Disk;
  /** The command that judges it again. */
  readonly replay: string;
}

/** The verdict on a history from elsewhere, told as if its cell had been run here, with its witnesses. */
export function judgeForeign(
  history: ForeignHistory,
  folded: FoldedHistory,
  options: ForeignOptions,
): JudgedCell {
  const { sidecar } = history;
  const { judgement, told, read } = folded;
  const { results, counts, longestGapNs } = judgement;
  const judging = judgingOf(history, folded, options);
  const claimed = claimsAnything(options.claim);
  const judged = judgeCell({
    ...judging,
    results,
    controlShows: [],
    counts,
    faults: told.faults,
    faultsPlanned: Math.max(sidecar.faultsPlanned, told.faults.length),
    drain: told.drain,
    irregularities: [...judging.irregularities, ...judgement.irregularities],
  });
  return {
    status: 'judged',
    ...identityOf(history, options),
    claimed,
    target: {
      kind: 'history',
      title: sidecar.run || 'a history',
      address: '',
      nodes: 0,
      number: null,
    },
    effective: effectiveOf(history, options),
    options: '{}',
    verdict: judged.verdict,
    reasons: reasonsOf(judged.reasons, judging, read),
    clauses: withWitnesses(judged.clauses, history, folded, options.disk),
    counts,
    longestGapNs,
    ...told,
    backlog: null,
    warmUp: null,
    performance: { status: 'untimed', reason: 'a history from elsewhere is judged, not timed' },
    limit: null,
    burden: null,
    resources: null,
    series: [],
    seriesTotal: 0,
    windows: [],
    windowsTotal: 0,
    latencyLog: '',
    clientThreads: [],
    redelivery: null,
    reading: null,
    exercise: null,
    replies: null,
    history: historyInfo(sidecar, read),
    lanes: sidecar.lanes.map((lane) => ({ ...lane })),
    facts: sidecar.facts,
    judging,
  };
}

type Identity = Pick<
  JudgedCell,
  | 'id'
  | 'index'
  | 'engine'
  | 'profile'
  | 'family'
  | 'scenario'
  | 'scenarioSummary'
  | 'load'
  | 'round'
  | 'seed'
  | 'kind'
  | 'control'
  | 'level'
  | 'promises'
  | 'under'
  | 'claimSource'
  | 'replay'
>;

function identityOf({ files }: ForeignHistory, { claim, replay }: ForeignOptions): Identity {
  const profile = claimText(claim);
  const more = files.length > 1 ? `+${files.length - 1}` : '';
  const scenario = `${basename(files[0] ?? '')}${more}`;
  return {
    id: `history@${profile}/${scenario}/1`,
    index: 0,
    engine: 'history',
    profile,
    family: 'history',
    scenario,
    scenarioSummary: 'a history from elsewhere',
    load: {},
    round: 1,
    seed: 0,
    kind: 'conformance',
    control: { kind: 'none' },
    level: claim.level,
    promises: [...claim.promises],
    under: 'none',
    claimSource: '--level',
    replay,
  };
}

function judgingOf(
  { sidecar, problems }: ForeignHistory,
  { read }: FoldedHistory,
  { claim, lenient }: ForeignOptions,
): JudgedCell['judging'] {
  return {
    obliged: [...obligedOf(claim, sidecar.facts)],
    waived: [],
    deviations: [],
    exposes: definingOf(claim.level),
    sendReply: sidecar.sendReply,
    guards: {
      minimumAcknowledged: claim.minimumAcknowledged,
      minimumDelivered: claim.minimumDelivered,
      minimumInFlightAtFault: 0,
      minimumExposure: {},
    },
    actors: [...sidecar.names.actors],
    irregularities: [...unreadable(problems, lenient), ...damage(sidecar, read)],
    eventsLost: eventsMissing(problems, lenient) + notOfThis(sidecar, read),
  };
}

/**
 * What makes the level what it is: a history that could not have shown it does not pass by all that is beside it. That
 * nothing is lost; of at most once every delivery is a trial.
 */
function definingOf(level: ForeignClaim['level']): CheckId[] {
  return level === 'at-least-once' || level === 'exactly-once' ? ['D1'] : [];
}

/** Of a history without an event, what is wrong with it says all; that nothing in it shows anything follows. */
function reasonsOf(
  reasons: readonly string[],
  { irregularities }: JudgedCell['judging'],
  { eventsRead }: ReadSummary,
): string[] {
  return eventsRead === 0 && irregularities.length > 0 ? [...irregularities] : [...reasons];
}

/** Without its beginning a history has phantoms, and one of another run proves nothing about this one. */
function notOfThis(sidecar: Sidecar, read: ReadSummary): number {
  return read.run === hashText(sidecar.run) ? read.firstEvent : read.eventsRead;
}

function damage(sidecar: Sidecar, read: ReadSummary): readonly string[] {
  const events = `${read.eventsRead} of ${plural(sidecar.events, 'event was', 'events were')} read`;
  if (read.problem !== '') return [`${read.problem}; ${events}`];
  if (read.run !== hashText(sidecar.run)) return ['its segments belong to another run'];
  if (read.firstEvent > 0)
    return [`the first ${plural(read.firstEvent, 'event is', 'events are')} gone; ${events}`];
  return read.eventsRead === sidecar.events ? [] : [events];
}

function effectiveOf(
  { files, problems, sidecar }: ForeignHistory,
  { lenient }: ForeignOptions,
): string[] {
  const origin = sidecar.originMs > 0 ? [`times count from ${sidecar.originMs} ms`] : [];
  const left = lenient ? 'left out on demand' : 'not read';
  return [
    ...files.map((file) => `read from ${file}`),
    ...origin,
    ...listedLines(problems).map((line) => `${left}: ${line}`),
  ];
}

function historyInfo(sidecar: Sidecar, read: ReadSummary): JudgedCell['history'] {
  return {
    mode: 'full',
    eventsTotal: sidecar.events,
    eventsKept: read.eventsRead,
    bytesKept: read.eventsRead * eventBytes,
    directory: '',
    complete: read.eventsRead === sidecar.events,
  };
}

function withWitnesses(
  clauses: readonly ClauseRecord[],
  { sidecar, directory, originOf }: ForeignHistory,
  { judgement, read }: FoldedHistory,
  disk: Disk,
): ClauseRecord[] {
  const witnesses = zoom(
    judgement.results,
    (visit) => {
      readHistory(directory, disk, visit);
    },
    { ...eventNames(sidecar.names), originOf: (event) => originOf(read.firstEvent + event) },
  );
  return clauses.map((clause) => ({
    ...clause,
    witnesses: [...(witnesses.get(clause.check) ?? [])],
  }));
}
