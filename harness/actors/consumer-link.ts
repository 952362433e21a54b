import type { Consumer } from '../../engines/engine.ts';
import type { DeadLetterSender } from './dead-letter-sender.ts';
import type { Settlements } from './settlements.ts';

/** A session of a consumer with everything that was made on it. */
export interface ConsumerLink {
  readonly session: number;
  consumer: Consumer | undefined;
  settlements: Settlements | undefined;
  deadLetters: DeadLetterSender | undefined;
  isOpen: boolean;
}

export function linkOf(session: number): ConsumerLink {
  return {
    session,
    consumer: undefined,
    settlements: undefined,
    deadLetters: undefined,
    isOpen: session >= 0,
  };
}
