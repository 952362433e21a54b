import { type FaultKind, faultKinds } from '../../engines/simulation.ts';
import { AckmarkError } from '../core/errors.ts';
import { suggestion } from '../core/suggest.ts';

/** @throws AckmarkError for what is no kind of fault that can be simulated */
export function faultKindsIn(names: readonly string[]): ReadonlySet<FaultKind> {
  if (names.length === 1 && names[0] === 'none') return new Set();
  return new Set(
    names.map((name) => {
      const known = faultKinds.find((kind) => kind === name);
      if (known !== undefined) return known;
      throw new AckmarkError('USAGE', `no fault is called ${name}${suggestion(name, faultKinds)}`, {
        hint: `These can be simulated: ${faultKinds.join(', ')}, or none at all: none.`,
      });
    }),
  );
}
