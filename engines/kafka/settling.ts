import type { Outcome, ProducerSink } from '../engine.ts';
import { Code } from './outcomes.ts';
import type { Sending, Translator } from './sending.ts';

/** A partition that acknowledged its part of a call, and where its first message went. */
export interface Answer {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Settles every ticket of a call: messages of an answered partition are ok, at consecutive offsets in the
 * order of the call, which the client keeps within a partition; all others end as `otherwise`.
 */
export function settleByPlace(
  sending: Sending,
  translator: Translator,
  answers: readonly Answer[],
  otherwise: Exclude<Outcome, 'ok'>,
  code: number,
  sink: ProducerSink,
): void {
  const next = new Map<number, number>();
  for (const { topic, partition, offset } of answers) {
    next.set(translator.scopeOfTopic(topic, partition), Number(offset));
  }
  for (const [index, ticket] of sending.tickets.entries()) {
    const scope = sending.scopes[index] ?? -1;
    const offset = next.get(scope);
    if (offset === undefined) {
      sink.settled(ticket, otherwise, code, undefined, sending.attempts);
      continue;
    }
    next.set(scope, offset + 1);
    const place = { scope, position: { major: offset, minor: 0 } };
    sink.settled(ticket, 'ok', Code.ok, place, sending.attempts);
  }
}
