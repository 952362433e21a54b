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
  /** By scope: the next offset; a deployment has few of them. */
  const next: (number | undefined)[] = [];
  for (const { topic, partition, offset } of answers) {
    const scope = translator.scopeOfTopic(topic, partition);
    if (scope >= 0) next[scope] = Number(offset);
  }
  const { tickets, scopes, attempts } = sending;
  for (let index = 0; index < tickets.length; index += 1) {
    const ticket = tickets[index] as number;
    const scope = scopes[index] ?? -1;
    const offset = next[scope];
    if (offset === undefined) {
      sink.settled(ticket, otherwise, code, undefined, attempts);
      continue;
    }
    next[scope] = offset + 1;
    const place = { scope, position: { major: offset, minor: 0 } };
    sink.settled(ticket, 'ok', Code.ok, place, attempts);
  }
}
