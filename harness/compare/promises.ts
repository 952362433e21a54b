import type { CheckId } from '../core/anomalies.ts';
import type { PromiseChange } from '../record/comparison-schema.ts';
import {
  type ClauseState,
  clauseStates,
  type JudgedCell,
  type RunRecord,
} from '../record/schema.ts';

/** Worst first: over several rounds the worst state is the cell's. */
const worstFirst: readonly ClauseState[] = [
  'broken',
  'undecided',
  'expected',
  'should-violated',
  'unclaimed-violated',
  ...clauseStates,
];

/** Clauses whose state is another than before, in cells that both runs judged. */
export function promiseChanges(base: RunRecord, head: RunRecord): readonly PromiseChange[] {
  const before = statesOf(base);
  return [...statesOf(head)].flatMap(([key, { cell, check, state }]): PromiseChange[] => {
    const was = before.get(key)?.state;
    if (was === undefined || was === state) return [];
    return [
      {
        profile: `${cell.engine}@${cell.profile}`,
        scenario: cell.scenario,
        check,
        base: was,
        head: state,
        isBroken: state === 'broken',
      },
    ];
  });
}

interface ClauseOfCell {
  readonly cell: JudgedCell;
  readonly check: CheckId;
  readonly state: ClauseState;
}

function statesOf(record: RunRecord): ReadonlyMap<string, ClauseOfCell> {
  const states = new Map<string, ClauseOfCell>();
  for (const cell of record.cells) {
    if (cell.status !== 'judged' || cell.control.kind !== 'none') continue;
    for (const { check, state } of cell.clauses) {
      const key = `${cell.engine}@${cell.profile}/${cell.scenario}/${check}`;
      const known = states.get(key);
      if (known === undefined || rankOf(state) < rankOf(known.state)) {
        states.set(key, { cell, check, state });
      }
    }
  }
  return states;
}

function rankOf(state: ClauseState): number {
  return worstFirst.indexOf(state);
}
