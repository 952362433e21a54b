import type {
  ConnectionTrouble,
  SimulatedConnection,
  SimulatedCourse,
  SimulatedDisk,
  SimulatedWorld,
} from '../../engines/simulation.ts';
import { Connection } from './world/connection.ts';
import { Course } from './world/course.ts';
import { Disk } from './world/disk.ts';
import { healthy, World } from './world/world.ts';

/** The world of one seed, with disks and connections in it and marks of what happened. */
export class EngineWorld extends World implements SimulatedWorld {
  readonly marks = new Set<string>();
  readonly #course: Course;
  readonly #broken: string | undefined;

  constructor(seed: number, broken: string | undefined) {
    super(seed, healthy);
    this.#broken = broken;
    this.#course = new Course(this);
  }

  newDisk(of: string): SimulatedDisk {
    return new Disk(this.agenda, this.random(`disk ${of}`));
  }

  newConnection(of: string, trouble: ConnectionTrouble): SimulatedConnection {
    return new Connection(this.agenda, this.random(`connection ${of}`), trouble);
  }

  mark(what: string): void {
    this.marks.add(what);
  }

  isBroken(rule: string): boolean {
    return this.#broken === rule;
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
