import type { ConnectionTrouble, SimulatedConnection } from '../../../engines/simulation.ts';
import type { Random } from '../../core/random.ts';
import type { Agenda } from './agenda.ts';
import { between, happens, ms } from '../../core/chance.ts';

type Side = 'server' | 'client';

/** Until a side learns that the other is gone. */
const noticeMs = [0.1, 20] as const;

/** One TCP connection: in order both ways, until it is cut. */
export class Connection implements SimulatedConnection {
  isCut = false;
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #trouble: ConnectionTrouble;
  readonly #arrivesNs = { server: 0, client: 0 };
  /** Something on the way there was lost, and in a stream of bytes nothing comes behind it. */
  readonly #isBroken = { server: false, client: false };
  readonly #listeners: Record<Side, (() => void)[]> = { server: [], client: [] };

  constructor(agenda: Agenda, random: Random, trouble: ConnectionTrouble) {
    this.#agenda = agenda;
    this.#random = random;
    this.#trouble = trouble;
  }

  toServer(arrive: () => void): void {
    this.#send('server', arrive);
  }

  toClient(arrive: () => void): void {
    this.#send('client', arrive);
  }

  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    for (const side of ['server', 'client'] as const) {
      const noticeNs = between(this.#random, ...noticeMs) * ms;
      for (const act of this.#listeners[side]) this.#agenda.after(noticeNs, act);
    }
  }

  onCut(side: Side, act: () => void): void {
    this.#listeners[side].push(act);
  }

  #send(to: Side, arrive: () => void): void {
    if (this.isCut || this.#isBroken[to]) return;
    if (happens(this.#random, this.#trouble.cuts / 1000)) {
      // It may have arrived, or not, when the connection breaks.
      if (happens(this.#random, 0.5)) this.#deliver(to, arrive);
      else this.#isBroken[to] = true;
      const soonNs = between(this.#random, 0, 2) * ms;
      this.#agenda.after(soonNs, () => this.cut());
      return;
    }
    this.#deliver(to, arrive);
  }

  #deliver(to: Side, arrive: () => void): void {
    const slow = happens(this.#random, 0.02) ? 10 : 1;
    const arrivesNs = this.#agenda.nowNs + between(this.#random, 0.05, 0.8) * slow * ms;
    this.#arrivesNs[to] = Math.max(this.#arrivesNs[to], arrivesNs);
    this.#agenda.at(this.#arrivesNs[to], () => {
      if (!this.isCut) arrive();
    });
  }
}
