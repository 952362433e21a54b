import type { Quota } from '../../embedded/protocol/queue-attributes.ts';
import type { Answer } from '../../embedded/answer.ts';
import { Status } from '../../embedded/protocol/protocol.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { Broker, Call } from './reference.ts';

const roundingCalls = 1e-6;

/**
 * Tells when certainly more calls of one kind were served than a token bucket allows that holds a second's
 * worth, and when one was refused though not even that many had been made. The bucket is full at each start of the broker.
 */
export class CallWatch {
  readonly #world: SimulatedWorld;
  readonly #broker: Broker;
  readonly #quota: Extract<Quota, { kind: 'calls' }>;
  /** The most that the broker's clock runs fast, as a share. */
  readonly #drift: number;
  readonly #made = new Map<string, number>();
  /** In the order of their answers. */
  readonly #served = new Map<string, number[]>();

  constructor(
    world: SimulatedWorld,
    broker: Broker,
    quota: Extract<Quota, { kind: 'calls' }>,
    drift: number,
  ) {
    this.#world = world;
    this.#broker = broker;
    this.#quota = quota;
    this.#drift = drift;
  }

  begin(action: Call['action']): Call {
    const call = { action, fromNs: this.#world.agenda.nowNs, life: this.#broker.lives };
    this.#made.set(keyOf(call), (this.#made.get(keyOf(call)) ?? 0) + 1);
    return call;
  }

  /** @param messages that it brought, or was about */
  end(call: Call, answer: Answer, messages: number): void {
    if (answer.kind === 'lost' || call.life !== this.#broker.lives) return;
    const { callsPerSecond, messagesPerCall } = this.#quota;
    if (answer.kind === 'refused') {
      if (answer.status !== Status.throttled) return;
      this.#world.mark('a call beyond the quota was refused');
      const made = this.#made.get(keyOf(call)) ?? 0;
      if (made <= callsPerSecond) this.#world.accuse('a call within the quota was refused');
      return;
    }
    if (messages > messagesPerCall) {
      this.#world.accuse('a receive brought more messages than the quota allows');
    }
    this.#count(call);
  }

  /** All that were served between some instant and now, for every such instant. */
  #count(call: Call): void {
    const begins = this.#served.get(keyOf(call)) ?? [];
    this.#served.set(keyOf(call), begins);
    const later = begins.findIndex((fromNs) => fromNs > call.fromNs);
    begins.splice(later < 0 ? begins.length : later, 0, call.fromNs);
    const { callsPerSecond } = this.#quota;
    const perNs = (callsPerSecond * (1 + this.#drift)) / 1e9;
    const { nowNs } = this.#world.agenda;
    for (const [at, fromNs] of begins.entries()) {
      const served = begins.length - at;
      if (served <= callsPerSecond + perNs * (nowNs - fromNs) + roundingCalls) continue;
      return this.#world.accuse('more calls were served than the quota allows');
    }
  }
}

function keyOf({ action, life }: Call): string {
  return `${action} ${life}`;
}
