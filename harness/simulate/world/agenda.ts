interface Appointment {
  readonly timeNs: number;
  readonly asked: number;
  readonly act: () => void;
}

/** Virtual time: the earliest appointment is next, of several at one instant the one asked for first. */
export class Agenda {
  nowNs = 0;
  /** Appointments that were kept. */
  steps = 0;
  #asked = 0;
  #isStopped = false;
  /** A binary heap, the earliest appointment at the root. */
  readonly #heap: Appointment[] = [];

  at(timeNs: number, act: () => void): void {
    this.#asked += 1;
    const appointment = { timeNs: Math.max(timeNs, this.nowNs), asked: this.#asked, act };
    let hole = this.#heap.push(appointment) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || isEarlier(above, appointment)) break;
      this.#heap[hole] = above;
      hole = parent;
    }
    this.#heap[hole] = appointment;
  }

  after(delayNs: number, act: () => void): void {
    this.at(this.nowNs + delayNs, act);
  }

  /** Until nothing is left, somebody stopped it, or the time is up. */
  run(endNs: number): void {
    for (;;) {
      const next = this.#isStopped ? undefined : this.#take(endNs);
      if (next === undefined) return;
      this.nowNs = next.timeNs;
      this.steps += 1;
      next.act();
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #take(endNs: number): Appointment | undefined {
    const [first] = this.#heap;
    if (first === undefined || first.timeNs > endNs) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(appointment: Appointment): void {
    let hole = 0;
    for (;;) {
      let child = hole * 2 + 1;
      let below = this.#heap[child];
      const sibling = this.#heap[child + 1];
      if (below === undefined) break;
      if (sibling !== undefined && isEarlier(sibling, below)) {
        child += 1;
        below = sibling;
      }
      if (isEarlier(appointment, below)) break;
      this.#heap[hole] = below;
      hole = child;
    }
    this.#heap[hole] = appointment;
  }
}

function isEarlier(a: Appointment, b: Appointment): boolean {
  return a.timeNs < b.timeNs || (a.timeNs === b.timeNs && a.asked < b.asked);
}
