import type { Random } from '../../core/random.ts';
import type { Agenda } from './agenda.ts';
import { between, happens, ms } from '../../core/chance.ts';

/** What may happen to one exchange in a thousand, when nothing else is wrong. */
export interface Weather {
  readonly lostRequests: number;
  readonly lostAnswers: number;
}

export const calm: Weather = { lostRequests: 0, lostAnswers: 0 };

/** `lost`: no answer within the timeout, whether the request was served or not. `refused`: certainly not served. */
export type Reply<T> =
  | { readonly as: 'answered'; readonly answer: T }
  | { readonly as: 'lost' }
  | { readonly as: 'refused' };

const timeoutNs = 40 * ms;

/**
 * The way from a client to the broker and back. Requests may overtake each other; a lost one is noticed by
 * its timeout alone. While the broker is down, what reaches it is refused or lost, at random.
 */
export class Network {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #weather: Weather;
  #isBrokerUp: () => boolean = () => true;
  #isSilent: () => boolean = () => false;

  constructor(agenda: Agenda, random: Random, weather: Weather) {
    this.#agenda = agenda;
    this.#random = random;
    this.#weather = weather;
  }

  /** From now on exchanges fail while it is not up, and nothing answers while it is silent. */
  dependOn(isBrokerUp: () => boolean, isSilent: () => boolean = () => false): void {
    this.#isBrokerUp = isBrokerUp;
    this.#isSilent = isSilent;
  }

  /** @param serve what the broker does; it may answer at once, later or never */
  call<T>(serve: (answer: (with_: T) => void) => void, then: (reply: Reply<T>) => void): void {
    const isLostThere = happens(this.#random, this.#weather.lostRequests / 1000);
    const isLostBack = happens(this.#random, this.#weather.lostAnswers / 1000);
    const isRefused = happens(this.#random, 0.5);
    const thereNs = this.latencyNs();
    const backNs = this.latencyNs();
    let isOver = false;
    const end = (reply: Reply<T>): void => {
      if (isOver) return;
      isOver = true;
      then(reply);
    };
    this.#agenda.after(timeoutNs, () => end({ as: 'lost' }));
    if (isLostThere) return;
    this.#agenda.after(thereNs, () => {
      if (!this.#isBrokerUp()) {
        if (isRefused) this.#agenda.after(backNs, () => end({ as: 'refused' }));
        return;
      }
      if (this.#isSilent()) return;
      serve((answer) => {
        if (!isLostBack) this.#agenda.after(backNs, () => end({ as: 'answered', answer }));
      });
    });
  }

  /** One way; now and then something takes ten times as long as the rest. */
  latencyNs(): number {
    const slow = happens(this.#random, 0.02) ? 10 : 1;
    return between(this.#random, 0.05, 0.8) * slow * ms;
  }
}
