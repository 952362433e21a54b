import type { FaultDomain } from '../../../harness/core/clauses.ts';
import type { ConnectionTrouble, FaultKind, SimulatedWorld } from '../../simulation.ts';
import type { FsyncPolicy } from '../journal/journal.ts';
import { type ClockSkew, noSkew } from './clock.ts';
import { Dice } from './dice.ts';
import type { SimulatedNode } from './node.ts';

const ms = 1e6;
/** An outage is over after so long at the latest. */
export const outageMsMost = 200;
/** Long enough for the broker to have done with a request, too short for its answer to arrive. */
const beforeAnswerNs = 1_000;

/**
 * When an outage begins. Unanswered: a request that was carried out by then gets no answer. The first of all
 * is an occasion of its own, because before it nobody knows the client.
 */
const moments = ['on time', 'on time', 'unanswered', 'first unanswered'] as const;

/** By then everybody is known. */
const laterMoments = ['on time', 'unanswered'] as const;
const outageCounts = [1, 2, 2, 3] as const;

const kindOf = {
  process: 'process-crash',
  power: 'power-loss',
  room: 'full-disk',
} as const satisfies Record<string, FaultKind>;

interface Outage {
  readonly what: keyof typeof kindOf;
  readonly moment: (typeof moments)[number];
  /** From the end of the one before. */
  readonly afterMs: number;
  readonly forMs: number;
  /** Bytes that still fit, of an outage of room. */
  readonly room: number;
}

function outageOf(what: Outage['what'], dice: Dice): Outage {
  const moment = dice.oneOf(moments);
  const latestMs = dice.between(5, 150);
  const afterMs = moment === 'first unanswered' ? 0 : latestMs;
  return {
    what,
    moment,
    afterMs,
    forMs: dice.between(5, outageMsMost),
    room: dice.between(0, 300),
  };
}

function inWords({ what, moment, afterMs, forMs, room }: Outage): string {
  const story = {
    process: 'the broker is killed',
    power: 'the machine loses its power',
    room: `the disk has room for ${room} bytes more`,
  }[what];
  const when = moment === 'on time' ? '' : ', before its next answer of one kind';
  return `${story}, ${afterMs} ms on${when}, for ${forMs} ms`;
}

/** What befalls a play. Each trouble is a part of its plan that can be left out, with choices of its own. */
export class Troubles {
  readonly faults = new Set<FaultDomain>(['none']);
  readonly #world: SimulatedWorld;
  readonly #dice: Dice;
  #troubles = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#dice = new Dice(world.random('troubles'));
  }

  /**
   * Of all clocks of the play. No claim is given up for it, because none says when something happens by
   * another clock than the broker's: what a lease, a delay or a retention is worth is off by the skew.
   */
  ofClocks(): ClockSkew {
    const dice = new Dice(this.#world.random('clocks'));
    const skew = { drift: dice.oneOf([0.02, 0.2]), apartMs: dice.oneOf([0, 5, 100]) };
    const part = `clocks run up to ${skew.drift * 100} % fast or slow, and are up to ${skew.apartMs} ms apart`;
    if (!dice.happens(0.25) || !this.#world.plans(part, 'clock-skew')) return noSkew;
    this.#world.mark('clocks disagreed');
    return skew;
  }

  /** Of all connections of the play. */
  ofConnections(): ConnectionTrouble {
    const cuts = this.#dice.oneOf([0, 0, 5, 20]);
    if (
      cuts === 0 ||
      !this.#world.plans(`${cuts} messages of 1,000 cut their connection`, 'connection-loss')
    ) {
      return { cuts: 0 };
    }
    this.faults.add('connection-loss');
    return { cuts };
  }

  /**
   * With a chance, at some time: what may happen to a client.
   * @param kind of the fault that it is; `none` for what is no fault
   * @returns whether it will
   */
  perhaps(
    chance: number,
    kind: FaultKind | 'none',
    what: string,
    act: (dice: Dice) => void,
  ): boolean {
    const dice = this.#diceOfTheNext();
    const afterMs = dice.between(5, 150);
    const isPlanned = dice.happens(chance) && this.#world.plans(`${what}, ${afterMs} ms on`, kind);
    if (isPlanned) this.#world.agenda.after(afterMs * ms, () => act(dice));
    return isPlanned;
  }

  /** How many outages befall the broker at most. */
  get outagesMost(): number {
    return new Dice(this.#world.random('outages')).oneOf(outageCounts);
  }

  /**
   * Outages of the broker, one after the other: its process, its machine or the room on its disk.
   * @param api of the requests whose answers may be missed
   */
  outages(node: SimulatedNode, api: number): void {
    const first = this.#diceOfTheNext();
    const what = first.oneOf(['nothing', 'process', 'power', 'process', 'power', 'room'] as const);
    if (what === 'nothing') return;
    const outages = [outageOf(what, first)];
    for (let number = 2; number <= this.outagesMost; number += 1) {
      const dice = new Dice(this.#world.random(`outage ${number}`));
      // Of the same kind or a lesser one: what a play bears is decided by the worst.
      const next = dice.oneOf([what, what, 'room'] as const);
      outages.push({ ...outageOf(next, dice), moment: dice.oneOf(laterMoments) });
    }
    const planned = outages.filter((outage) => {
      return this.#world.plans(inWords(outage), kindOf[outage.what]);
    });
    this.#begin(node, api, planned);
  }

  #begin(node: SimulatedNode, api: number, [outage, ...later]: readonly Outage[]): void {
    if (outage === undefined) return;
    const { moment, afterMs } = outage;
    const strike = (): void => this.#strike(node, outage, () => this.#begin(node, api, later));
    this.#world.agenda.after(afterMs * ms, () => {
      if (moment === 'on time') strike();
      else node.onceHandled(api, () => this.#world.agenda.after(beforeAnswerNs, strike));
    });
  }

  #strike(node: SimulatedNode, { what, forMs, room }: Outage, over: () => void): void {
    if (what === 'room') {
      return this.#world.fault(
        () => node.setRoom(room),
        forMs * ms,
        () => {
          node.setRoom(Number.POSITIVE_INFINITY);
          over();
        },
      );
    }
    this.faults.add(what === 'process' ? 'process-crash' : 'power-loss');
    const end = (): void => (what === 'process' ? node.kill() : node.losePower());
    this.#world.fault(end, forMs * ms, () => {
      node.start();
      over();
    });
    this.#world.mark(what === 'process' ? 'the broker was killed' : 'the machine lost its power');
    if (node.lives > 1) this.#world.mark('the broker was down more than once');
  }

  /** Streams of their own, so that one trouble left out does not change the others. */
  #diceOfTheNext(): Dice {
    this.#troubles += 1;
    return new Dice(this.#world.random(`trouble ${this.#troubles}`));
  }
}

/** With every batch synced, no power loss takes what was acknowledged. */
export function bearsAlso(
  claimed: readonly FaultDomain[],
  fsync: FsyncPolicy,
): readonly FaultDomain[] {
  return fsync.kind === 'every-batch' ? [...claimed, 'power-loss'] : claimed;
}

export function someFsync(dice: Dice): FsyncPolicy {
  return dice.oneOf<FsyncPolicy>([
    { kind: 'never' },
    { kind: 'interval', everyMs: 20 },
    { kind: 'every-batch' },
  ]);
}
