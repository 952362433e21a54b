import type { Consumer, Delivery, Outcome } from '../../engines/engine.ts';
import { PassThrough } from './plant-layer.ts';

/** A settlement of the harness, as far as this plant has to know it. */
interface Watched {
  /** Positions in the harness's call of the copies that the engine knows. */
  readonly real: readonly number[];
  /** The copy to repeat once it is settled, and its position in the harness's call. */
  readonly picked: Delivery | undefined;
  readonly pickedAt: number;
  left: number;
}

/**
 * One copy in so many is delivered again after its acknowledgement was confirmed, as if it were new: no
 * flag, no attempt, asked for after the confirmation. D6. The engine never learns of the repeated copies.
 */
export class RepeatAfterAck extends PassThrough {
  readonly #fakes = new Set<Delivery>();
  readonly #watched = new Map<number, Watched>();
  #fenceable: Delivery[] = [];
  #permitDebt = 0;
  /** Automatic consumption: copies handed on, and permits that came back for processed ones. */
  #handed = 0;
  #returned = 0;
  #processing: { readonly copy: Delivery; readonly ordinal: number }[] = [];
  #isGone = false;

  override request(permits: number): void {
    const covered = Math.min(permits, this.#permitDebt);
    this.#permitDebt -= covered;
    if (permits > covered) super.request(permits - covered);
    this.#returned += permits - covered;
    const processed = this.#returned - this.soil.spec.prefetch;
    const done = this.#processing.filter(({ ordinal }) => ordinal < processed);
    this.#processing = this.#processing.filter(({ ordinal }) => ordinal >= processed);
    for (const { copy } of done) this.#repeat(copy);
  }

  override settle(...[ticket, of, how]: Parameters<Consumer['settle']>): void {
    const real = of.flatMap((copy, at) => (this.#fakes.has(copy) ? [] : [at]));
    const faked = of.flatMap((copy, at) => (this.#fakes.delete(copy) ? [at] : []));
    const pickedAt = real.find(() => this.picker.picks()) ?? -1;
    const picked = of[pickedAt];
    if (picked !== undefined) this.picker.taken();
    const { ackReply } = this.soil.spec;
    if (ackReply === 'each') {
      this.#watched.set(ticket, { real, picked, pickedAt, left: real.length });
      queueMicrotask(() => {
        if (this.#isGone) return;
        for (const at of faked) this.outer.settled(ticket, at, 'ok', 0);
      });
    }
    if (real.length > 0)
      super.settle(
        ticket,
        of.filter((_copy, at) => real.includes(at)),
        how,
      );
    if (picked === undefined) return;
    if (ackReply === 'fence') this.#fenceable.push(picked);
    if (ackReply === 'none') this.#repeat(picked);
  }

  protected override fromEngine(batch: readonly Delivery[]): void {
    if (this.soil.spec.consumption === 'automatic') {
      batch.forEach((copy, at) => {
        if (!this.picker.picks()) return;
        this.picker.taken();
        this.#processing.push({ copy, ordinal: this.#handed + at });
      });
      this.#handed += batch.length;
    }
    super.fromEngine(batch);
  }

  protected override settledByEngine(
    ticket: number,
    index: number,
    outcome: Outcome,
    code: number,
  ): void {
    const watched = this.#watched.get(ticket);
    if (watched === undefined) return super.settledByEngine(ticket, index, outcome, code);
    const positions = index === -1 ? watched.real : watched.real.slice(index, index + 1);
    watched.left -= positions.length;
    if (watched.left <= 0) this.#watched.delete(ticket);
    for (const at of positions) this.outer.settled(ticket, at, outcome, code);
    if (watched.picked !== undefined && outcome === 'ok' && positions.includes(watched.pickedAt)) {
      this.#repeat(watched.picked);
    }
  }

  protected override async fenced(): Promise<void> {
    const covered = this.#fenceable;
    this.#fenceable = [];
    await super.fenced();
    for (const copy of covered) this.#repeat(copy);
  }

  protected override gone(): void {
    this.#isGone = true;
  }

  /** A turn later, so that the harness has written the settlement down before the copy is asked for. */
  #repeat(copy: Delivery): void {
    setImmediate(() => {
      if (this.#isGone) return;
      const again: Delivery = {
        ...copy,
        attempt: copy.attempt === undefined ? undefined : 1,
        redelivered: copy.redelivered === undefined ? undefined : false,
        requestedNs: this.soil.clock.nowNs(),
      };
      this.#permitDebt += 1;
      if (this.soil.spec.consumption !== 'automatic') this.#fakes.add(again);
      this.outer.deliver([again]);
    });
  }
}
