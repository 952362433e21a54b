import { BroadcastChannel } from 'node:worker_threads';
import type {
  ActorContext,
  Consumer,
  ConsumerSink,
  Producer,
  ProducerSink,
  Session,
} from '../../../engines/engine.ts';
import type { FromBroker, ToBroker } from './broker.ts';

/** Producer and consumer of one actor over the broker's channel. */
export function openSession(name: string, actor: ActorContext): Session {
  const channel = new BroadcastChannel(name);
  const listeners: ((message: FromBroker) => void)[] = [];
  channel.onmessage = (event: unknown) => {
    const message = (event as { readonly data: FromBroker }).data;
    if ('to' in message && message.to === actor.name) {
      for (const listener of listeners) listener(message);
    }
  };
  const post = (message: ToBroker): void => channel.postMessage(message);
  return {
    producer: async (_spec, sink) => openProducer(actor.name, post, listeners, sink),
    consumer: async (_spec, sink) => openConsumer(actor, post, listeners, sink),
    close: async () => channel.close(),
  };
}

type Listeners = ((message: FromBroker) => void)[];

function openProducer(
  from: string,
  post: (message: ToBroker) => void,
  listeners: Listeners,
  sink: ProducerSink,
): Producer {
  const unsettled = new Set<number>();
  let flushed: (() => void)[] = [];
  listeners.push((message) => {
    if (message.kind !== 'sent') return;
    for (const [index, ticket] of message.tickets.entries()) {
      unsettled.delete(ticket);
      const position = { major: message.positions[index] ?? 0, minor: 0 };
      sink.settled(ticket, 'ok', 0, { scope: 0, position }, 1);
    }
    if (unsettled.size > 0) return;
    for (const resolve of flushed) resolve();
    flushed = [];
  });
  return {
    send: (batch) => {
      for (const message of batch) unsettled.add(message.ticket);
      const tickets = batch.map((message) => message.ticket);
      const bodies = batch.map((message) => new Uint8Array(message.body));
      post({ kind: 'send', from, tickets, bodies });
    },
    flush: () =>
      unsettled.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            flushed.push(resolve);
          }),
    close: async () => {},
  };
}

function openConsumer(
  actor: ActorContext,
  post: (message: ToBroker) => void,
  listeners: Listeners,
  sink: ConsumerSink,
): Consumer {
  listeners.push((message) => {
    if (message.kind === 'acked') sink.settled(message.ticket, -1, 'ok', 0);
    if (message.kind !== 'batch') return;
    sink.deliver(
      message.messages.map((stored) => ({
        body: Buffer.from(stored.body),
        key: undefined,
        place: { scope: 0, position: { major: stored.position, minor: 0 } },
        attempt: stored.attempt,
        redelivered: stored.attempt > 1,
        requestedNs: message.requestedNs,
        leaseMs: undefined,
        headers: undefined,
        token: stored.position,
      })),
    );
  });
  return {
    request: (permits) => {
      if (permits === 0) return;
      post({ kind: 'pull', from: actor.name, permits, requestedNs: actor.nowNs() });
    },
    settle: (ticket, of) => {
      const positions = of.map((delivery) => Number(delivery.token));
      post({ kind: 'ack', from: actor.name, ticket, positions });
    },
    close: async () => post({ kind: 'bye', from: actor.name }),
  };
}
