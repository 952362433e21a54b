import { suggestion } from '../../core/suggest.ts';
import type { SweepAxis } from '../../plan/sweep.ts';
import type { Problem } from '../problems.ts';
import type { Suite, SuiteDocument } from '../suite-file.ts';
import {
  type LoadOptionName,
  loadOptionNames,
  loadOptions,
  type LoadTexts,
} from './load-options.ts';

const pointsMost = 200;

/** The axes of a run: of the flags, or else those of the suite that no flag sets to one value. */
export interface Sweep {
  readonly axes: readonly SweepAxis[];
  readonly from: 'flag' | 'file';
}

/** @param words of `--sweep`, such as `payload=100,1k`; values that have commas are parted by semicolons */
export function sweepOf(
  words: readonly string[] | undefined,
  flags: LoadTexts,
  { suite, placeOf }: SuiteDocument,
  problems: Problem[],
): Sweep {
  const isFlagged = words !== undefined;
  const told = isFlagged ? words.flatMap((word) => axisIn(word, problems)) : axesOf(suite);
  const axes = told.filter(({ axis }) => isFlagged || flags[axis] === undefined);
  for (const { axis, values } of axes) {
    const place = isFlagged ? '--sweep' : placeOf(['sweep', axis]);
    if (flags[axis] !== undefined) {
      problems.push({
        place,
        what: `${axis} is swept, and --${axis} sets it: leave one of both out`,
      });
    }
    if (axes.filter((other) => other.axis === axis).length > 1 || hasTwice(values)) {
      problems.push({ place, what: `${axis} says something twice` });
    }
    for (const value of values) {
      const parsed = loadOptions[axis].read(value);
      if (isFlagged && parsed.is === 'problem') problems.push({ place, what: parsed.what });
    }
  }
  const points = axes.reduce((product, { values }) => product * values.length, 1);
  if (points > pointsMost) {
    const place = isFlagged ? '--sweep' : placeOf(['sweep']);
    problems.push({ place, what: `${points} points, at most ${pointsMost}` });
    return { axes: [], from: 'flag' };
  }
  return { axes, from: isFlagged ? 'flag' : 'file' };
}

interface ReadAxis extends SweepAxis {
  readonly axis: LoadOptionName;
}

function axisIn(word: string, problems: Problem[]): readonly ReadAxis[] {
  const at = word.indexOf('=');
  const name = at < 0 ? word : word.slice(0, at);
  const rest = at < 0 ? '' : word.slice(at + 1);
  const axis = loadOptionNames.find((known) => known === name);
  if (axis === undefined) {
    const what = `${JSON.stringify(name)} cannot be swept${suggestion(name, loadOptionNames)} (${loadOptionNames.join(', ')})`;
    problems.push({ place: '--sweep', what });
    return [];
  }
  const values = rest.split(rest.includes(';') ? ';' : ',').map((value) => value.trim());
  const given = values.filter((value) => value !== '');
  if (given.length === 0) {
    problems.push({ place: '--sweep', what: `${axis} has no values: ${axis}=first,second` });
    return [];
  }
  return [{ axis, values: given }];
}

function axesOf({ sweep = {} }: Suite): readonly ReadAxis[] {
  return loadOptionNames.flatMap((axis) => {
    const values = sweep[axis];
    return values === undefined ? [] : [{ axis, values }];
  });
}

function hasTwice(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}
