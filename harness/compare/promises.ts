import { profileName } from '../record/cell-questions.ts';
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

/**
 * Clauses whose state is another than before, and those that are broken where base judged nothing: its cell failed,
 * or it had none.
 */
export function promiseChanges(base: RunRecord, head: RunRecord): readonly PromiseChange[] {
  const before = statesOf(base);
  return [...statesOf(head)].flatMap(([key, { cell, check, state }]): PromiseChange[] => {
    const was = before.get(key)?.state ?? null;
    if (was === state || (was === null && state !== 'broken')) return [];
    return [
      {
        profile: profileName(cell),
        scenario: cell.scenario,
        check,
        base: was,
        head: state,
        isBroken: state === 'broken',
      },
    ];
  });
}

/**
 * Cells, of all rounds together, whose claims were kept in base, and of which head lacks the evidence or the
 * cell itself, though it was to be run. What head did not plan at all is nobody's loss.
 */
export function noLongerJudged(base: RunRecord, head: RunRecord): readonly string[] {
  const before = passingCells(base);
  const after = passingCells(head);
  return [...after].flatMap(([cell, isKept]) =>
    before.get(cell) === true && isKept === 'unknown' ? [cell] : [],
  );
}

/** Whether every round passed; `unknown` where one was not decided and none broke a claim. */
function passingCells({ cells }: RunRecord): ReadonlyMap<string, boolean | 'unknown'> {
  const passing = new Map<string, boolean | 'unknown'>();
  for (const cell of cells) {
    if (cell.control.kind !== 'none' || !cell.claimed) continue;
    const name = `${profileName(cell)} in ${cell.scenario}`;
    const verdict = cell.status === 'judged' ? cell.verdict : 'inconclusive';
    const known = passing.get(name) ?? true;
    if (verdict === 'violated' || known === false) passing.set(name, false);
    else passing.set(name, verdict === 'pass' ? known : 'unknown');
  }
  return passing;
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
      const key = `${profileName(cell)}/${cell.scenario}/${check}`;
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
