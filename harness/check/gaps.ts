import type { CheckId } from '../core/anomalies.ts';
import { claimSets } from '../core/clauses.ts';
import { plural } from '../core/plural.ts';
import { controlShown } from '../record/control-shown.ts';
import { FaultRow } from '../record/fault-rows.ts';
import type { ClauseRecord } from '../record/schema.ts';
import type { CellEvidence, FaultOutcome } from './verdict.ts';

/** Evidence that the cell lacks, one sentence each; any makes it inconclusive unless a MUST was broken. */
export function gapsOf(clauses: readonly ClauseRecord[], cell: CellEvidence): readonly string[] {
  // Where events are missing every clause is open, and that one reason stands for all of them.
  const open = cell.eventsLost > 0 ? [] : [...clauseGaps(clauses, cell), ...setGaps(clauses, cell)];
  // What is wrong with the history itself explains all the rest, and is what its writer can mend.
  return [...cell.irregularities, ...open, ...guardGaps(cell), ...controlGaps(clauses, cell)];
}

/** MUSTs that nothing decided. Too little exposure matters only where the scenario was to expose it. */
function clauseGaps(clauses: readonly ClauseRecord[], cell: CellEvidence): string[] {
  const decided = new Set(
    cell.results.filter(({ status }) => status === 'decided').map(({ check }) => check),
  );
  const asked = (check: CheckId): boolean =>
    cell.exposes.includes(check) || cell.guards.minimumExposure[check] !== undefined;
  return clauses
    .filter(({ state, obligation }) => state === 'undecided' && obligation === 'must')
    .filter(({ check }) => !decided.has(check) || asked(check))
    .map(({ check, title, reason }) => `${check} ${title}: undecided, ${reason}`);
}

/** A claimed set of which no MUST was put to the test would be kept without having been tried. */
function setGaps(clauses: readonly ClauseRecord[], cell: CellEvidence): string[] {
  const decided = new Set(
    clauses
      .filter(({ state, obligation }) => state !== 'undecided' && obligation === 'must')
      .map(({ check }) => check),
  );
  return claimSets.flatMap((set) => {
    const musts = cell.obliged
      .filter(({ obligation, sets }) => obligation === 'must' && sets.includes(set))
      .map(({ check }) => check);
    if (musts.length === 0 || musts.some((check) => decided.has(check))) return [];
    const why = whyUntried(musts, clauses, cell);
    return [`${set} was claimed, and nothing in this history could have shown a breach: ${why}`];
  });
}

const reasonsTold = 2;

/** What the history lacks first, because that is what its writer can change. */
function whyUntried(
  musts: readonly CheckId[],
  clauses: readonly ClauseRecord[],
  { results, waived }: CellEvidence,
): string {
  const lacking = results.flatMap((result) =>
    result.status === 'inapplicable' && musts.includes(result.check) ? [result.reason] : [],
  );
  const open = clauses.flatMap(({ check, state, reason }) =>
    state === 'undecided' && musts.includes(check) ? [reason] : [],
  );
  const reasons = [...new Set([...lacking, ...open])];
  if (reasons.length > 0) return reasons.slice(0, reasonsTold).join('; ');
  const all = musts.every((check) => waived.some(({ clause }) => clause === check));
  return all ? 'all of it is waived' : 'none of it was checked';
}

function guardGaps(cell: CellEvidence): string[] {
  const { guards, counts, faults, drain } = cell;
  const gaps: string[] = [];
  if (cell.results.length === 0) gaps.push('no check was run');
  if (cell.eventsLost > 0) {
    gaps.push(plural(cell.eventsLost, 'event is missing', 'events are missing'));
  }
  const [what, done] =
    cell.sendReply === 'none' ? ['sent', counts.sent] : ['acknowledged', counts.acknowledged];
  // A history without any operation shows nothing, whatever the guards are content with.
  const minimum = Math.max(1, guards.minimumAcknowledged);
  if (done < minimum)
    gaps.push(`only ${plural(done, 'message was', 'messages were')} ${what}, ${needed(minimum)}`);
  const least = Math.max(1, guards.minimumDelivered);
  if (counts.distinctDelivered < least) {
    gaps.push(
      `only ${plural(counts.distinctDelivered, 'message was', 'messages were')} delivered, ${needed(least)}`,
    );
  }
  if (faults.length < cell.faultsPlanned) {
    gaps.push(
      `${faults.length} of ${plural(cell.faultsPlanned, 'planned fault was', 'planned faults were')} carried out`,
    );
  }
  for (const fault of faults) {
    const { kind, target, bit, inFlight } = fault;
    const name = target === '' ? kind : `${kind} at ${target}`;
    if (!bit)
      gaps.push(
        `the fault ${name} did not happen as planned: ${rowOf(fault, FaultRow.neverStarted) ?? 'its evidence is missing or incomplete'}`,
      );
    else if (inFlight !== null && inFlight < guards.minimumInFlightAtFault) {
      const open = plural(inFlight, 'operation was', 'operations were');
      const over = rowOf(fault, FaultRow.loadWasOver);
      const why = over === undefined ? '' : `: ${FaultRow.loadWasOver} ${over}`;
      gaps.push(
        `only ${open} in flight at ${name}, ${needed(guards.minimumInFlightAtFault)}${why}`,
      );
    }
  }
  if (!drain.complete) gaps.push(`the drain did not complete: ${drain.by}`);
  return gaps;
}

/** What its evidence says under that name. */
function rowOf({ evidence }: FaultOutcome, name: string): string | undefined {
  return evidence.find((row) => row.name === name)?.value;
}

function needed(count: number): string {
  return plural(count, 'is needed', 'are needed');
}

function controlGaps(clauses: readonly ClauseRecord[], { controlShows }: CellEvidence): string[] {
  if (controlShows.length === 0 || controlShown(clauses, controlShows)) return [];
  return [`the control did not show ${controlShows.join(' or ')}`];
}
