import type { Played, Simulation } from '../../engines/simulation.ts';
import type { CheckId } from '../core/anomalies.ts';
import { obligedBy } from '../core/clauses.ts';
import { EventKind, type EventRecord } from '../core/events.ts';
import { type Judged, judgeHistory } from './judged.ts';
import { EngineWorld } from './simulated-world.ts';

export interface SimulateOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  /** A rule of the engine that is broken on purpose. */
  readonly broken: string | undefined;
}

export interface Violation {
  readonly seed: number;
  readonly profile: string;
  readonly found: readonly CheckId[];
  readonly reason: string;
}

export interface SimulateReport {
  readonly seeds: number;
  readonly events: number;
  /** Seeds whose profile claims something under the faults that befell them. */
  readonly judged: number;
  readonly violations: readonly Violation[];
  /** How many seeds saw each mark. */
  readonly marks: Readonly<Record<string, number>>;
  /** How many seeds, beyond what their profiles claim, showed each anomaly: what the weaker promise costs. */
  readonly unclaimed: Readonly<Partial<Record<CheckId, number>>>;
}

/** Plays one seed after the other and judges each history by what its profile claims under its faults. */
export function simulate(simulation: Simulation, options: SimulateOptions): SimulateReport {
  const marks = new Map(simulation.marks.map((mark) => [mark, 0]));
  const violations: Violation[] = [];
  let events = 0;
  let judged = 0;
  const unclaimed: Partial<Record<CheckId, number>> = {};
  for (let seed = options.firstSeed; seed < options.firstSeed + options.seeds; seed += 1) {
    const world = new EngineWorld(seed, options.broken);
    const played = simulation.play(world);
    events += world.history.events.length;
    for (const mark of world.marks) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    if (!played.faults.every((fault) => played.claimedUnder.includes(fault))) {
      const { found } = judgedIn(world, played);
      for (const id of found) unclaimed[id] = (unclaimed[id] ?? 0) + 1;
      continue;
    }
    judged += 1;
    const found = accusation(world, played, simulation.never);
    if (found !== undefined) violations.push({ seed, profile: played.profile, ...found });
  }
  const { seeds } = options;
  return { seeds, events, judged, violations, marks: Object.fromEntries(marks), unclaimed };
}

/** What an obligation of the claim forbids and the history shows, or that it never came to an end. */
function accusation(
  world: EngineWorld,
  played: Played,
  never: readonly CheckId[],
): Pick<Violation, 'found' | 'reason'> | undefined {
  const { facts, level, promises } = played;
  const { events } = world.history;
  const { verdict, found, roots, reasons } = judgedIn(world, played);
  const obliged = obligedBy(level, promises, { effectsRecorded: false });
  const broken = found.filter(
    (id) => never.includes(id) || obliged.some(({ check }) => check === id),
  );
  if (broken.length > 0 || verdict === 'violated' || verdict === 'error') {
    return { found: roots, reason: reasons[0] ?? `${broken.join(' ')} should not happen` };
  }
  const isDrained = facts.groups.every((_group, number) => isDrainedIn(events, number));
  return isDrained ? undefined : { found: [], reason: 'a group was never drained' };
}

function judgedIn({ lanes, history: { events } }: EngineWorld, played: Played): Judged {
  const { facts, level, promises } = played;
  const claim = { level, promises };
  return judgeHistory({ facts, lanes, events, claim, mayShow: [] }, claim, []);
}

function isDrainedIn(events: readonly EventRecord[], group: number): boolean {
  return events.some((event) => event.kind === EventKind.drainComplete && event.group === group);
}
