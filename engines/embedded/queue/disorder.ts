import { type Random, randomFrom } from '../../../harness/core/random.ts';
import type { DisorderSpec } from '../protocol/queue-attributes.ts';
import type { QueuedMessage } from './queued-message.ts';
import { ArrivalLine, type ReadyLine } from './ready-line.ts';

/** The choices of a queue that is allowed to be careless; each kind has a stream of its own. */
export class Disorder {
  readonly #spec: DisorderSpec;
  readonly #late: Random;
  readonly #undeleted: Random;

  constructor(spec: DisorderSpec) {
    this.#spec = spec;
    const random = randomFrom(spec.kind === 'none' ? 0 : spec.seed);
    this.#late = random.fork('late');
    this.#undeleted = random.fork('undeleted');
  }

  get reorders(): boolean {
    return this.#spec.kind === 'seeded' && this.#spec.latePermille > 0;
  }

  /** How many messages the next one lets pass; 0 mostly. */
  passedBy(): number {
    const spec = this.#spec;
    if (spec.kind === 'none' || this.#late.unit() * 1000 >= spec.latePermille) return 0;
    return 1 + this.#late.below(spec.passedByMost);
  }

  /** Whether the next deletion is answered and forgotten. */
  forgetsDeletion(): boolean {
    const spec = this.#spec;
    return spec.kind === 'seeded' && this.#undeleted.unit() * 1000 < spec.undeletedPermille;
  }
}

interface Straggler {
  readonly message: QueuedMessage;
  /** After which arrival it goes on. */
  readonly untilArrival: number;
}

/** In the order of arrival, but for messages that let others pass; while nothing else is there they do not. */
export class DisorderedLine implements ReadyLine {
  readonly #line = new ArrivalLine();
  readonly #disorder: Disorder;
  #stragglers: Straggler[] = [];
  #arrivals = 0;

  constructor(disorder: Disorder) {
    this.#disorder = disorder;
  }

  add(message: QueuedMessage): void {
    this.#arrivals += 1;
    const passedBy = this.#disorder.passedBy();
    if (passedBy === 0) this.#line.add(message);
    else this.#stragglers.push({ message, untilArrival: this.#arrivals + passedBy });
    this.#goOn(({ untilArrival }) => untilArrival <= this.#arrivals);
  }

  peek(): QueuedMessage | undefined {
    if (this.#line.peek() === undefined) this.#goOn(() => true);
    return this.#line.peek();
  }

  take(): QueuedMessage | undefined {
    return this.peek() === undefined ? undefined : this.#line.take();
  }

  endReceive(): void {}

  putBack(message: QueuedMessage): void {
    this.#line.putBack(message);
  }

  forget(): void {}

  vanish(): void {}

  #goOn(isOver: (straggler: Straggler) => boolean): void {
    if (this.#stragglers.length === 0) return;
    for (const straggler of this.#stragglers) {
      if (isOver(straggler)) this.#line.add(straggler.message);
    }
    this.#stragglers = this.#stragglers.filter((straggler) => !isOver(straggler));
  }
}
