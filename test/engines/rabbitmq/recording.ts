import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ActorContext,
  ConsumerSink,
  Delivery,
  Outgoing,
  ProducerSink,
  Topology,
} from '../../../engines/engine.ts';
import type { RabbitOptions } from '../../../engines/rabbitmq/options.ts';
import { profiles } from '../../../engines/rabbitmq/profiles.ts';

export interface Settled {
  readonly outcome: string;
  readonly code: number;
}

export class RecordedProducer implements ProducerSink {
  readonly outcomes = new Map<number, Settled>();
  readonly returns: number[] = [];
  readonly writability: boolean[] = [];
  readonly disconnections: unknown[] = [];
  unsettledAtDisconnection = -1;
  expected = 0;

  settled(ticket: number, outcome: string, code: number): void {
    if (this.outcomes.has(ticket)) throw new Error(`ticket ${ticket} settled twice`);
    this.outcomes.set(ticket, { outcome, code });
  }
  returned(ticket: number): void {
    this.returns.push(ticket);
  }
  writable(is: boolean): void {
    this.writability.push(is);
  }
  disconnected(error: unknown): void {
    this.disconnections.push(error);
    this.unsettledAtDisconnection = this.expected - this.outcomes.size;
  }
}

export class RecordedConsumer implements ConsumerSink {
  readonly deliveries: Delivery[] = [];
  readonly disconnections: unknown[] = [];

  deliver(batch: readonly Delivery[]): void {
    this.deliveries.push(...batch);
  }
  settled(): void {
    throw new Error('AMQP settlements have no reply');
  }
  assigned(): void {}
  revoking(): Promise<void> {
    return Promise.resolve();
  }
  lost(): void {}
  scopeEnded(): void {}
  disconnected(error: unknown): void {
    this.disconnections.push(error);
  }
  bodies(): readonly string[] {
    return this.deliveries.map(({ body }) => body.toString());
  }
}

export const actor: ActorContext = {
  name: 'live test',
  nowNs: () => Math.round(performance.now() * 1e6),
  random: () => 0.5,
  signal: new AbortController().signal,
};

export const manual: RabbitOptions = profiles['manual-ack'].options;
export const automatic: RabbitOptions = profiles['auto-ack'].options;
export const transient: RabbitOptions = profiles.transient.options;

export function topologyNamed(name: string): Topology {
  return {
    destinations: [{ name: `${name}-d`, scopes: 1 }],
    subscriptions: [{ name: `${name}-s`, destination: 0 }],
  };
}

export function outgoing(ticket: number, body: string, more: Partial<Outgoing> = {}): Outgoing {
  return {
    ticket,
    destination: 0,
    key: undefined,
    partition: undefined,
    group: undefined,
    deduplicationId: undefined,
    headers: undefined,
    delayMs: 0,
    body: Buffer.from(body),
    ...more,
  };
}

export const numbered = (count: number, size = 16): Outgoing[] =>
  Array.from({ length: count }, (_, index) => outgoing(index, `${index}`.padEnd(size, '.')));

/** Polls; the assertion that follows says what was expected, so this only gives up. */
export async function until(holds: () => boolean | Promise<boolean>, patienceMs = 20_000) {
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`not within ${patienceMs} ms: ${holds.toString()}`);
    await sleep(10);
  }
}
