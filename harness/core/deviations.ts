import type { CheckId } from './anomalies.ts';
import type { FaultDomain } from './clauses.ts';

/**
 * A clause that a profile claims and that is known not to hold, of one broker version or one emulator for
 * example. It is shown and excused until it expires; after that the claim counts again as it stands.
 */
export interface Deviation {
  /** The issue or advisory that it stands for, such as `KAFKA-17754`; several clauses may share one. */
  readonly id: string;
  readonly clause: CheckId;
  readonly under: FaultDomain | 'any';
  /** A target's kind: `embedded`, `local`, an emulator's name, `external`; or `any`. */
  readonly target: string;
  /** The document or issue that says so. */
  readonly because: string;
  /** `YYYY-MM-DD`: the last day, in UTC, on which it excuses anything. */
  readonly expires: string;
}

/** A deviation that applies to one cell of a run, as it stood on the day of the run. */
export interface DatedDeviation {
  readonly id: string;
  readonly clause: CheckId;
  readonly because: string;
  readonly expires: string;
  readonly expired: boolean;
}

/** Where and when a cell was run; the day is written `YYYY-MM-DD`. */
export interface Occasion {
  readonly under: FaultDomain;
  readonly target: string;
  readonly day: string;
}

/** Those that apply to the occasion. An expired one stays in the list, so that its end can be told. */
export function deviationsOn(
  deviations: readonly Deviation[],
  { under, target, day }: Occasion,
): readonly DatedDeviation[] {
  return deviations
    .filter((deviation) => deviation.under === 'any' || deviation.under === under)
    .filter((deviation) => deviation.target === 'any' || deviation.target === target)
    .map(({ id, clause, because, expires }) => ({
      id,
      clause,
      because,
      expires,
      // Dates of this form sort as text.
      expired: day > expires,
    }));
}

/** The day of an instant, in UTC. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** A day of the calendar, written as `expires` is. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && dayOf(instant) === text;
}
