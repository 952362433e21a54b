import type {
  ConnectionTrouble,
  FaultKind,
  Mark,
  SimulatedConnection,
  SimulatedCourse,
  SimulatedDisk,
  SimulatedWorld,
  Wrong,
} from '../../engines/simulation.ts';
import type { CellFacts } from '../core/facts.ts';
import { invariant } from '../core/errors.ts';
import type { EventRecord } from '../core/events.ts';
import type { LaneSpan } from '../core/lanes.ts';
import type { SeedPlan } from './seed-plan.ts';
import { Connection } from './world/connection.ts';
import { Course } from './world/course.ts';
import { Disk } from './world/disk.ts';
import { healthy, World } from './world/world.ts';

/** Some five times as many as any usual history of a broker that keeps its rules. */
const mostEvents = 20_000;

/** Follows a history while it is made. */
export interface Audience {
  /** Before the first event of its lanes. */
  addLanes(span: LaneSpan): void;
  /**
   * The record is reused: copy what is kept.
   * @param count of the run that begins with the event, see `eachOfRun`
   */
  fold(event: EventRecord, count: number): void;
}

/** The world of one seed, with disks and connections in it and marks of what happened. */
export class EngineWorld extends World implements SimulatedWorld {
  readonly marks = new Set<Mark>();
  /** What the play itself says that the broker did wrong. */
  readonly wrongs = new Set<Wrong>();
  /** What the plan of this seed consists of, left out or not, in the order of its making. */
  readonly parts: string[] = [];
  readonly #course: Course;
  readonly #plan: SeedPlan;
  readonly #newAudience: (facts: CellFacts) => Audience;
  #audience: Audience | undefined;
  #isEndless = false;

  /** @param newAudience of a history whose facts are these */
  constructor(plan: SeedPlan, newAudience: (facts: CellFacts) => Audience) {
    super(plan.seed, healthy, (event, count) => {
      invariant(this.#audience !== undefined, 'a history begins with the run of its world');
      this.#audience.fold(event, count);
    });
    this.#plan = plan;
    this.#newAudience = newAudience;
    this.#course = new Course(this);
    this.lengthen(1);
  }

  /** It was ended because its history grew and grew. */
  get isEndless(): boolean {
    return this.#isEndless;
  }

  newDisk(of: string): SimulatedDisk {
    return new Disk(this.agenda, this.random(`disk ${of}`));
  }

  newConnection(of: string, trouble: ConnectionTrouble): SimulatedConnection {
    return new Connection(this.agenda, this.random(`connection ${of}`), trouble);
  }

  mark(what: Mark): void {
    this.marks.add(what);
  }

  accuse(what: Wrong): void {
    this.wrongs.add(what);
  }

  isBroken(rule: string): boolean {
    return this.#plan.broken === rule;
  }

  plans(part: string, kind: FaultKind | 'none' = 'none'): boolean {
    this.parts.push(part);
    if (kind !== 'none' && this.#plan.faults?.has(kind) === false) return false;
    return this.#plan.only?.has(this.parts.length) ?? true;
  }

  laneLength(planned: number): number {
    return Math.min(planned, this.#plan.messages ?? planned);
  }

  lengthen(times: number): void {
    this.history.whenLongerThan(this.#plan.mostEvents ?? mostEvents * times, () => {
      this.#isEndless = true;
      this.agenda.stop();
    });
  }

  override newLanes(count: number, of: Omit<LaneSpan, 'first' | 'count'>): number {
    const first = super.newLanes(count, of);
    this.#audience?.addLanes({ first, count, ...of });
    return first;
  }

  run(course: SimulatedCourse): void {
    const audience = this.#newAudience(course.facts);
    for (const span of this.lanes) audience.addLanes(span);
    this.#audience = audience;
    this.#course.run(course);
  }

  fault(start: () => void, forNs: number, stop: () => void): void {
    this.#course.fault(start, forNs, stop);
  }

  drained(group: number): void {
    this.#course.drained(group);
  }
}
