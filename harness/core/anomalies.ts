/**
 * The vocabulary of delivery anomalies: stable ids that stand in code, records, reports and claims. What
 * exactly each means, and how it is decided, stands with its check in `harness/check`.
 */
export const checkIds = [
  ...(['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7', 'D8', 'D9', 'D10', 'D11', 'D12'] as const),
  ...(['O1', 'O2', 'O3', 'O4', 'O5', 'O6', 'O7', 'O8', 'O9', 'O10', 'O11', 'O12'] as const),
  ...(['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8'] as const),
  ...(['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7'] as const),
  ...(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10'] as const),
  ...(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7'] as const),
  ...(['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7'] as const),
  ...(['E1', 'E2', 'E3'] as const),
  ...(['L1', 'L2', 'L3', 'L4', 'L5'] as const),
] as const;
export type CheckId = (typeof checkIds)[number];

const families: Readonly<Record<string, string>> = {
  D: 'delivery',
  O: 'order',
  V: 'lease',
  G: 'groups',
  T: 'transactions',
  R: 'routing',
  Q: 'dead-letter',
  E: 'effects',
  L: 'liveness',
};

/** What an anomaly is about; its letter. */
export function familyOf(id: CheckId): string {
  return families[id.charAt(0)] ?? '';
}

export const clauseTitle: Readonly<Record<CheckId, string>> = {
  D1: 'acknowledged message lost',
  D2: 'read through one node, missing through another',
  D3: 'vanished: read once, gone from a later full read',
  D4: 'one send stored twice',
  D5: 'unjustified second delivery',
  D6: 'delivered again after its acknowledgement',
  D7: 'phantom: a message nobody sent',
  D8: 'ghost: a refused send was delivered',
  D9: 'corrupted message',
  D10: 'lost with its consumer',
  D11: 'resurrected after it was settled and removed',
  D12: 'unsettled send lost',
  O1: 'two messages at one position',
  O2: 'reordered within a lane',
  O3: 'position went back without a cause',
  O4: 'an existing entry skipped',
  O5: 'stored against the order of its producer’s sends',
  O6: 'stored against the real-time order of sends',
  O7: 'two readers disagree on the order',
  O8: 'delivered past an unsettled head of its group',
  O9: 'two owners of an exclusive scope',
  O10: 'child scope read before its parent was drained',
  O11: 'requeued to another place than claimed',
  O12: 'not linearizable as a FIFO queue',
  V1: 'visible before its delay had passed',
  V2: 'delivered while leased to somebody else',
  V3: 'not redelivered after its lease had ended',
  V4: 'stale receipt removed a message leased to another',
  V5: 'delivered after it had expired',
  V6: 'stale read: an acknowledged message was not seen',
  V7: 'redelivered flag or delivery count is wrong',
  V8: 'more in flight than the limit allows',
  G1: 'offset committed ahead, the difference skipped',
  G2: 'entry skipped by its group',
  G3: 'delivered again below the committed offset',
  G4: 'zombie: an old generation was accepted',
  G5: 'record from a scope that was not assigned',
  G6: 'scope without an owner',
  G7: 'started elsewhere than committed or configured',
  T1: 'aborted message read',
  T2: 'message read before its transaction was committed',
  T3: 'transaction visible in part',
  T4: 'input applied other than once',
  T5: 'offsets and outputs of a transaction disagree',
  T6: 'write leaked into the next transaction',
  T7: 'transactions read each other in a cycle',
  T8: 'fenced producer committed',
  T9: 'hanging transaction',
  T10: 'position moved by an abort',
  R1: 'not routed where it belongs',
  R2: 'routed where it does not belong',
  R3: 'another number of copies than routed',
  R4: 'unroutable message confirmed silently',
  R5: 'fan-out reached some subscribers only',
  R6: 'filter and reference disagree',
  R7: 'attributes changed on the way',
  Q1: 'lost instead of dead-lettered',
  Q2: 'dead-lettered and settled',
  Q3: 'dead-lettered after another number of attempts',
  Q4: 'dead letter without its reason',
  Q5: 'dead letters out of order',
  Q6: 'poison message blocks its scope',
  Q7: 'dropped at the delivery limit',
  E1: 'effect lost',
  E2: 'effect applied twice',
  E3: 'effect without an input',
  L1: 'no progress under tolerated faults',
  L2: 'consumer stuck before a backlog',
  L3: 'recovery took longer than its bound',
  L4: 'never drained',
  L5: 'outcome reported against the truth',
};

/** Observations of legal behaviour: never a finding, never part of a claim; their classes are what they say. */
export const informative: ReadonlySet<CheckId> = new Set(['T10']);

/**
 * Definitions overlap: where the first holds, the others may hold by the same events, and that says
 * nothing more about the system. A finding that is nobody's consequence is a root finding.
 */
export const consequencesOf: Partial<Readonly<Record<CheckId, readonly CheckId[]>>> = {
  D1: ['L5', 'R5', 'O12'],
  // The effect of a message that nobody sent has no input either.
  D7: ['E3'],
  // Where copies carry places, one without a cause repeats a position, too.
  D5: ['O3'],
  D6: ['O3'],
  D8: ['L5'],
  D10: ['V3'],
  D11: ['D5', 'D6', 'O3'],
  V2: ['D5'],
  // One of the two is elsewhere than its sender was told, or stands where its reader had been.
  O1: ['D4', 'O3', 'O5', 'O6'],
  O2: ['O3', 'O12'],
  // What stands in the wrong order is read in it.
  O5: ['O6', 'O2'],
  T1: ['D8', 'L5', 'R5'],
  // A half of a transaction that is missing is lost, skipped or unsettled besides.
  T3: ['D1', 'D12', 'O4', 'G2', 'R5', 'L5'],
  // Outputs without their inputs: lost. Inputs without their outputs: delivered and applied again.
  T5: ['D1', 'D12', 'O4', 'G2', 'R5', 'L5', 'G3', 'G7', 'D5', 'D6', 'T4'],
  T6: ['T1', 'D8', 'L5', 'R5'],
  // In a cycle of reads some write was read before its commit.
  T7: ['T2'],
  // Whoever commits though it is fenced off does again what its successor does.
  T8: ['G4', 'T4', 'T5', 'G7', 'O9', 'D5', 'D6'],
  // Whoever cannot see the end is stale, stuck and never drained.
  T9: ['V6', 'L2', 'L4'],
  O4: ['G2', 'D1', 'D12', 'R5', 'L5'],
  G1: ['G2', 'D1', 'D10', 'D12', 'R5', 'L5'],
  G2: ['D1', 'D12', 'R5', 'L5'],
  // Whoever is taken for the owner though it is none goes on reading, and settles what others get again.
  // What it commits is not what they began at.
  G4: ['O9', 'D5', 'D6', 'G7'],
  // A start too late skips, one too early repeats.
  G7: ['G2', 'D1', 'D12', 'R5', 'L5', 'G3', 'D5', 'D6'],
  G3: ['D5', 'D6'],
  R1: ['D1', 'R5', 'L5'],
  R2: ['R1'],
  R3: ['D4', 'D5', 'D6', 'V7'],
  R4: ['L5'],
  R5: ['D12'],
  R6: ['D1', 'R5', 'L5'],
  Q1: ['D10', 'V3'],
  Q7: ['D10', 'V3'],
  // A copy that a stranger was handed is handed to the owner as well.
  G5: ['D5', 'D6', 'O3'],
  // While nobody is served, whoever has a backlog stands still, too.
  L1: ['L2'],
  L2: ['L4'],
};

/** The ids that no other id of the set explains. */
export function rootsOf(found: readonly CheckId[]): readonly CheckId[] {
  const explained = new Set(found.flatMap((id) => consequencesOf[id] ?? []));
  return found.filter((id) => !explained.has(id));
}
