import { models } from './models/catalog.ts';
import type { Score } from './selftest.ts';

const flaggedShown = 20;

/** The score as text; its last line sums it up. `program`: how the harness is called from a shell. */
export function linesOf(score: Score, program: string): readonly string[] {
  const { perCheck, survivors, flagged, pending, uncovered, killed, total, histories } = score;
  const without = score.without === undefined ? '' : ` --without ${score.without}`;
  return [
    ...perCheck.map((row) => `${row.check.padEnd(4)} ${row.killed}/${row.total}`),
    ...survivors.flatMap(({ mutant, seed, found }) => [
      `survived: ${mutant}: ${found}`,
      `  replay: ${program} selftest --mutant ${JSON.stringify(mutant)} --seed ${seed}${without}`,
    ]),
    ...flagged.slice(0, flaggedShown).flatMap(({ model, seed, found }) => [
      `flagged: healthy ${model}, seed ${seed}: ${found}`,
      // One history of every model.
      `  replay: ${program} selftest --seed ${seed} --histories ${Object.keys(models).length}`,
    ]),
    ...(flagged.length > flaggedShown ? [`(${flaggedShown} of ${flagged.length} flagged)`] : []),
    ...pending.map(({ id, because }) => `pending: ${id}: ${because}`),
    `checks that no mutant expects: ${uncovered.join(' ') || 'none'}`,
    `killed ${killed}/${total}, survived: ${survivors.length}, pending: ${pending.length}, false flags: ${flagged.length} of ${histories}`,
  ];
}
