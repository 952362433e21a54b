import { whole } from './numbers.ts';

/** The load that a table of prices is about: `open loop, 5,000 msg/s asked for, poisson`. */
export function askedText(of: {
  readonly targetRatePerSecond: number;
  readonly arrivals: string;
}): string {
  if (of.targetRatePerSecond === 0) return of.arrivals === '' ? 'closed loop' : of.arrivals;
  const how = of.arrivals === '' || of.arrivals === 'constant' ? '' : `, ${of.arrivals}`;
  return `open loop, ${whole(of.targetRatePerSecond)} msg/s asked for${how}`;
}
