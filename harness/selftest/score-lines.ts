import { models } from './models/catalog.ts';
import type { Score } from './selftest.ts';

const flaggedShown = 20;

/** The score as text; its last line sums it up. */
export function linesOf(score: Score): readonly string[] {
  const { perCheck, survivors, flagged, pending, uncovered, killed, total, histories } = score;
  const without = score.without === undefined ? '' : ` --without ${score.without}`;
  return [
    ...perCheck.map((row) => `${row.check.padEnd(4)} ${row.killed}/${row.total}`),
    ...survivors.flatMap(({ mutant, seed, found }) => [
      `survived: ${mutant}: ${found}`,
      `  replay: ackmark selftest --mutant ${JSON.stringify(mutant)} --seed ${seed}${without}`,
    ]),
    ...flagged.slice(0, flaggedShown).flatMap(({ mutant, seed, found }) => [
      `flagged: healthy ${mutant}, seed ${seed}: ${found}`,
      // One history of every model.
      `  replay: ackmark selftest --seed ${seed} --histories ${Object.keys(models).length}`,
    ]),
    ...(flagged.length > flaggedShown ? [`(${flaggedShown} of ${flagged.length} flagged)`] : []),
    `pending: ${pending.join(', ')}`,
    `checks that no mutant expects: ${uncovered.join(' ') || 'none'}`,
    `killed ${killed}/${total}, survived: ${survivors.length}, pending: ${pending.length}, false flags: ${flagged.length} of ${histories}`,
  ];
}
