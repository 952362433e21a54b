import type { CellFacts } from '../../core/facts.ts';

export function noLeases({ leased }: CellFacts): string | undefined {
  return leased ? undefined : 'no leases are recorded';
}

export function notTimed({ timed }: CellFacts): string | undefined {
  return timed ? undefined : 'no message has a delay or an expiry of its own';
}
