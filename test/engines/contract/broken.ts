import type { Rule } from '../../../engines/contract/contract.ts';
import type { ConsumerSink, ProducerSink } from '../../../engines/engine.ts';
import { delivery, letter, type Opened, type Script } from './scripted.ts';

/** A deliberately broken engine, and what the harness does to it until it shows. */
export interface Broken {
  readonly what: string;
  readonly rule: Rule;
  readonly script: Script;
  readonly drive: (opened: Opened) => Promise<void>;
}

export const place = { scope: 0, position: { major: 0, minor: 0 } };

export const sendOne = async (opened: Opened, more = {}): Promise<void> =>
  (await opened.producer()).send([letter(7, more)]);
export const requestTwo = async (opened: Opened): Promise<void> =>
  (await opened.consumer()).request(2);

/** Answers a send by calling the sink. */
export const onSend = (answer: (sink: ProducerSink) => void): NonNullable<Script['producer']> => {
  return (sink) => ({ send: () => answer(sink) });
};
export const onRequest = (
  answer: (sink: ConsumerSink) => void,
): NonNullable<Script['consumer']> => {
  return (sink) => ({ request: () => answer(sink) });
};
/** Delivers two on request and answers the settlement of them by calling the sink. */
export const onSettle = (answer: (sink: ConsumerSink) => void): NonNullable<Script['consumer']> => {
  return (sink) => ({
    request: () => sink.deliver([delivery(), delivery()]),
    settle: () => answer(sink),
  });
};
export const settleBoth =
  (how: 'acknowledge' | 'requeue' = 'acknowledge') =>
  async (opened: Opened): Promise<void> => {
    const consumer = await opened.consumer();
    const [a, b] = [delivery(), delivery()];
    consumer.request(2);
    consumer.settle(3, [a, b], { how });
  };
