/**
 * `run.json`, version 2: everything a report, a gate or a later comparison may say about a run. One zod
 * source; `ackmark schema` exports it as JSON Schema. Durations are nanoseconds unless the name says
 * otherwise. Every list is bounded by its writer, which says "N of M" beside it.
 */
import { z } from 'zod';
import { checkIds } from '../core/anomalies.ts';
import { claimedLevels, faultDomains, promises, verdicts } from '../core/clauses.ts';
import { ExitCode } from '../core/exit-codes.ts';
import { historyModes } from '../core/history-mode.ts';
import { burden } from './burden-schema.ts';
import { clause, datedDeviation, obligedClause } from './clause-schema.ts';
import { cellFacts } from './facts-schema.ts';
import { fidelityRecord } from './fidelity-schema.ts';
import { limit } from './limit-schema.ts';
import { backlog, loadTraits, warmUp } from './load-schema.ts';
import { performance, redelivery } from './performance-schema.ts';
import { reading } from './reading-schema.ts';
import { exercise } from './exercise-schema.ts';
import { replies } from './replies-schema.ts';
import { resources } from './resource-schema.ts';
import { searchRecord } from './search-schema.ts';
import { secondRow } from './series-schema.ts';
import { clientThread } from './worker-schema.ts';
import { windowRow } from './window-schema.ts';
import { sentenceRecord } from './textbook-schema.ts';
import { thresholdRecord } from './threshold-schema.ts';

export {
  distribution,
  type DistributionRecord,
  performance,
  performanceFigures,
  type PerformanceFigures,
  type PerformanceRecord,
  redelivery,
} from './performance-schema.ts';
export { secondRow, type SecondRow } from './series-schema.ts';
export { windowRow, type WindowRow } from './window-schema.ts';
export { clause, type ClauseRecord, clauseStates, type ClauseState } from './clause-schema.ts';
export { witness, type WitnessRecord } from './witness-schema.ts';

export const schemaVersion = 2;

const count = z.number().int().nonnegative();
const nanoseconds = z.number();

export const fault = z.strictObject({
  kind: z.string(),
  target: z.string(),
  startedNs: nanoseconds,
  stoppedNs: nanoseconds,
  bit: z.boolean().describe('false: the evidence is missing, and the cell is inconclusive'),
  inFlight: count.nullable().describe('operations it could have hurt; null where nobody can tell'),
  evidence: z.array(z.strictObject({ name: z.string(), value: z.string() })),
});

/** What the verdict was made with, so that the kept history can be judged again. */
export const judging = z.strictObject({
  obliged: z.array(obligedClause).describe('what the claim obliges to; empty: nothing is claimed'),
  deviations: z.array(datedDeviation).describe('those that apply to this cell'),
  waived: z.array(z.strictObject({ clause: z.string(), because: z.string() })),
  exposes: z.array(z.enum(checkIds)),
  sendReply: z.enum(['none', 'each']),
  guards: z.strictObject({
    minimumAcknowledged: count,
    minimumDelivered: count,
    minimumInFlightAtFault: count,
    minimumExposure: z.partialRecord(z.enum(checkIds), count).describe('chances, by check'),
  }),
  actors: z.array(z.string()).describe('names by actor number'),
  irregularities: z.array(z.string()).describe('what went unlike the plan of the cell'),
  eventsLost: count.describe('events that could not be kept: above 0, nothing is decided'),
});

export const counts = z.strictObject({
  sent: count,
  acknowledged: count,
  failed: count,
  unknown: count,
  resent: count.describe('sends repeated by the harness after an unknown outcome'),
  delivered: count,
  distinctDelivered: count,
  redelivered: count.describe('deliveries beyond the first of a message in a group, all causes'),
  flaggedRedelivered: count.describe('deliveries that carried the redelivered flag or attempt > 1'),
  settled: count,
  processed: count,
  recovered: count.describe('messages with unknown outcome that were delivered'),
});

export const historyInfo = z.strictObject({
  mode: z.enum(historyModes),
  eventsTotal: count,
  eventsKept: count,
  bytesKept: count,
  directory: z.string().describe('relative to the run directory; empty when nothing is kept'),
  complete: z.boolean(),
});

export const laneSpan = z.strictObject({
  first: count,
  count,
  ordered: z.boolean(),
  actor: count,
  route: z.number().int().min(-1).describe('-1: to every subscription'),
});

export const targetInfo = z.strictObject({
  kind: z.string(),
  title: z.string(),
  address: z.string(),
  nodes: count,
  number: count
    .nullable()
    .default(null)
    .describe(
      'of those that the run started, from 1: cells of one number shared it; null: not started here, or not recorded',
    ),
});

const control = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('planted'),
    plant: z.string(),
    shows: z.array(z.enum(checkIds)),
  }),
]);

const cellIdentity = {
  id: z.string().describe('engine@profile/scenario/round, with /control-… for a control'),
  index: count,
  engine: z.string(),
  profile: z.string(),
  family: z.enum(['log', 'queue', 'broker', 'history']),
  scenario: z.string(),
  scenarioSummary: z.string(),
  load: loadTraits,
  round: count,
  seed: count,
  kind: z.enum(['timed', 'conformance']),
  control,
  level: z.enum(claimedLevels).describe('none: a history was judged by its promises alone, if any'),
  promises: z.array(z.enum(promises)),
  claimed: z.boolean().describe('the profile claims its level under the fault of this scenario'),
  under: z.enum(faultDomains),
  claimSource: z.string(),
  replay: z.string().describe('the command that runs this cell again'),
};

export const judgedCell = z.strictObject({
  status: z.literal('judged'),
  ...cellIdentity,
  target: targetInfo,
  burden: burden.nullable().default(null).describe('null: somebody else started it'),
  effective: z.array(z.string()),
  options: z.string().describe('the resolved profile options as JSON'),
  outcomes: z.record(z.string(), count).describe('outcome code name → operations'),
  verdict: z.enum(verdicts),
  reasons: z.array(z.string()),
  clauses: z.array(clause),
  faults: z.array(fault),
  counts,
  longestGapNs: nanoseconds
    .nullable()
    .default(null)
    .describe(
      'longest time a producer had sends unanswered and none was acknowledged; null: none was, or not known',
    ),
  drain: z.strictObject({ complete: z.boolean(), tookNs: nanoseconds, by: z.string() }),
  backlog: backlog.nullable().default(null).describe('null: consumers were there from the start'),
  warmUp: warmUp.nullable().default(null).describe('null: the load itself says how long it takes'),
  startedNs: nanoseconds,
  tookNs: nanoseconds,
  phases: z.array(z.strictObject({ name: z.string(), startNs: nanoseconds, endNs: nanoseconds })),
  performance,
  limit: limit.nullable().default(null).describe('null: not timed'),
  resources: resources.nullable().default(null).describe('null: not timed'),
  series: z.array(secondRow),
  seriesTotal: count,
  windows: z.array(windowRow).default([]).describe('by phase, by stage, and around each fault'),
  windowsTotal: count.default(0),
  latencyLog: z
    .string()
    .default('')
    .describe('HdrHistogram log of every second, relative to the run directory; empty: none'),
  clientThreads: z.array(clientThread).default([]),
  redelivery: redelivery.nullable().default(null).describe('null: nothing was delivered again'),
  reading: reading
    .nullable()
    .default(null)
    .describe('null: what consumers read were outputs, or an older record'),
  exercise: exercise
    .nullable()
    .default(null)
    .describe('null: no subscription had a policy of its own'),
  replies: replies
    .nullable()
    .default(null)
    .describe('null: nobody asked for any, or whoever did left no report'),
  history: historyInfo,
  lanes: z.array(laneSpan),
  facts: cellFacts,
  judging,
});

export const unsupportedCell = z.strictObject({
  status: z.literal('unsupported'),
  ...cellIdentity,
  reason: z.string(),
});

export const failedCell = z.strictObject({
  status: z.literal('error'),
  ...cellIdentity,
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
});

export const cell = z.discriminatedUnion('status', [judgedCell, unsupportedCell, failedCell]);

/** Whether the pair of a scenario held in this run: the control showed what the treatment must not. */
export const controlOutcome = z.strictObject({
  scenario: z.string(),
  engine: z.string(),
  control: z.string(),
  shows: z.array(z.enum(checkIds)),
  outcome: z.enum(['shown', 'not-shown', 'not-run']),
  cell: z.string().describe('id of the cell that showed it; empty otherwise'),
});

/** How well the checks themselves were tested: planted anomalies found, and clean histories flagged. */
export const selftest = z.strictObject({
  killed: count.describe('mutants that showed exactly what was planted'),
  total: count,
  perCheck: z
    .array(z.strictObject({ check: z.enum(checkIds), killed: count, total: count }))
    .describe('of the mutants that show the anomaly'),
  pending: z.array(z.string()).describe('mutants that nothing plays yet, by name'),
  falseFlags: count.describe('clean histories in which something was found'),
  histories: count.describe('clean histories judged'),
  at: z.string().describe('when, as an ISO 8601 instant'),
});

export const runRecord = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  ackmark: z.string(),
  id: z.string(),
  seed: count,
  command: z.string().describe('the command line that repeats the run, seed included'),
  startedAt: z.string(),
  tookNs: nanoseconds,
  interrupted: z.boolean(),
  outcome: z.strictObject({ exitCode: z.literal(Object.values(ExitCode)), reason: z.string() }),
  host: z.strictObject({
    os: z.string(),
    cpu: z.string(),
    cores: count,
    memoryBytes: count,
    node: z.string(),
    loadAverage: z.number(),
  }),
  configuration: z.array(
    z.strictObject({
      key: z.string(),
      value: z.string(),
      from: z.enum(['flag', 'file', 'default']),
    }),
  ),
  cells: z.array(cell),
  cellsPlanned: count,
  controls: z.array(controlOutcome),
  thresholds: z.array(thresholdRecord).default([]),
  searches: z
    .array(searchRecord)
    .default([])
    .describe('whose cells are the points of a search for capacity; empty in every other run'),
  textbook: z
    .array(sentenceRecord)
    .default([])
    .describe('sentences on trial, and what the cells say about each; empty in every other run'),
  fidelity: z
    .array(fidelityRecord)
    .default([])
    .describe('targets that were asked clause by clause; empty in every other run'),
  selftest: selftest
    .nullable()
    .describe('of the checks that judged this run; null: they were not put to the test'),
});

export type RunRecord = z.infer<typeof runRecord>;
export type CellRecord = z.infer<typeof cell>;
export type JudgedCell = z.infer<typeof judgedCell>;
export type UnsupportedCell = z.infer<typeof unsupportedCell>;
export type FaultRecord = z.infer<typeof fault>;
export type CountsRecord = z.infer<typeof counts>;
export type HistoryInfo = z.infer<typeof historyInfo>;
export type ControlOutcome = z.infer<typeof controlOutcome>;
export type SelftestRecord = z.infer<typeof selftest>;
