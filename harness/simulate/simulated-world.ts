import type {
  ConnectionTrouble,
  FaultKind,
  Mark,
  SimulatedConnection,
  SimulatedCourse,
  SimulatedDisk,
  SimulatedWorld,
} from '../../engines/simulation.ts';
import type { SeedPlan } from './seed-plan.ts';
import { Connection } from './world/connection.ts';
import { Course } from './world/course.ts';
import { Disk } from './world/disk.ts';
import { healthy, World } from './world/world.ts';

/** Some five times as many as any usual history of a broker that keeps its rules. */
const mostEvents = 20_000;

/** The world of one seed, with disks and connections in it and marks of what happened. */
export class EngineWorld extends World implements SimulatedWorld {
  readonly marks = new Set<Mark>();
  /** What the plan of this seed consists of, left out or not, in the order of its making. */
  readonly parts: string[] = [];
  readonly #course: Course;
  readonly #plan: SeedPlan;
  #isEndless = false;

  constructor(plan: SeedPlan) {
    super(plan.seed, healthy);
    this.#plan = plan;
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

  run(course: SimulatedCourse): void {
    this.#course.run(course);
  }

  fault(start: () => void, forNs: number, stop: () => void): void {
    this.#course.fault(start, forNs, stop);
  }

  drained(group: number): void {
    this.#course.drained(group);
  }
}
