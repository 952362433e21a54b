import type { Figure } from '../../scenarios/textbook/sentence.ts';
import type { JudgedCell } from '../record/schema.ts';

/** Of what was planned, in a stage in which the broker was there. */
const rateShare = 0.99;

/** What is a matter of time is not told where the load was not what it should be. */
export function exerciseFigure(
  name: Extract<Figure, { of: 'exercise' }>['name'],
  { exercise }: JudgedCell,
): number | undefined {
  if (exercise === null) return undefined;
  const { examined, setAside } = exercise;
  switch (name) {
    case 'undecodable':
      return setAside.undecodable;
    case 'dead-letters-missing':
      return setAside.missing;
    default: {
      const responses = name === 'p99-outside' ? examined?.outside : examined?.within;
      if (responses === undefined || responses === null || !isRateReached(exercise))
        return undefined;
      return responses.p99Ns / 1e6;
    }
  }
}

function isRateReached({ stages }: NonNullable<JudgedCell['exercise']>): boolean {
  const planned = stages.filter(({ isOutage }) => !isOutage);
  // Without any, as where another rate was asked for, nobody knows what it was.
  return (
    planned.length > 0 &&
    planned.every(
      ({ achievedPerSecond, plannedPerSecond }) =>
        achievedPerSecond >= rateShare * plannedPerSecond,
    )
  );
}
