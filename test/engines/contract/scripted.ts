import type {
  Capability,
  Consumer,
  ConsumerSink,
  Delivery,
  Engine,
  Outgoing,
  Producer,
  ProducerSink,
  Target,
  Traits,
} from '../../../engines/engine.ts';
import { validated } from '../../../engines/contract/contract.ts';
import type { AckmarkError } from '../../../harness/core/errors.ts';

/** What an engine under script does; everything left out does its duty and nothing more. */
export interface Script {
  readonly capabilities?: readonly Capability[];
  readonly traits?: Partial<Traits>;
  readonly producer?: (sink: ProducerSink) => Partial<Producer>;
  readonly consumer?: (sink: ConsumerSink) => Partial<Consumer>;
}

export const target: Target = {
  kind: 'embedded',
  title: 'script',
  address: 'nowhere',
  nodes: 1,
  settings: {},
};

export function traitsOf({ capabilities = [], traits = {} }: Script): Traits {
  return {
    capabilities: new Set(capabilities),
    acknowledge: 'individual',
    ackReply: 'each',
    sendReply: 'each',
    retriedBy: 'nobody',
    offsetsKeptBy: 'broker',
    drained: 'quiescence',
    sendLimit: { messages: 10, bytes: 1_000 },
    settleLimit: { messages: 10, bytes: 1_000 },
    receiveLimit: 10,
    ...traits,
  };
}

export function scripted(script: Script): Engine {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    id: 'scripted',
    family: 'queue',
    options: { parse: (value) => value },
    profiles: {},
    outcomes: { 0: 'ok', 1: 'refused', 2: 'timed out' },
    provisioners: {},
    traits: () => traitsOf(script),
    administer: () => Promise.reject(new Error('not scripted')),
    connect: async () => ({
      producer: async (_spec, sink) => ({
        send: () => undefined,
        flush: nothing,
        close: nothing,
        ...script.producer?.(sink),
      }),
      consumer: async (_spec, sink) => ({
        request: () => undefined,
        settle: () => undefined,
        close: nothing,
        ...script.consumer?.(sink),
      }),
      close: nothing,
    }),
  };
}

const deployed = {
  topology: { destinations: [{ name: 'd', scopes: 1 }], subscriptions: [] },
  effective: [],
  settings: {},
};

/** A watched session of the scripted engine with sinks that remember what got through to them. */
export async function open(script: Script) {
  const violations: AckmarkError[] = [];
  const engine = validated(scripted(script), (violation) => violations.push(violation));
  const session = await engine.connect(
    target,
    {},
    {
      name: 'actor',
      nowNs: () => 0,
      random: () => 0,
      signal: new AbortController().signal,
    },
  );
  const passed: string[] = [];
  const producerSink: ProducerSink = {
    settled: (ticket) => passed.push(`settled ${ticket}`),
    returned: (ticket) => passed.push(`returned ${ticket}`),
    writable: (is) => passed.push(`writable ${is}`),
    disconnected: () => passed.push('disconnected'),
  };
  const consumerSink: ConsumerSink = {
    deliver: (batch) => passed.push(`deliver ${batch.length}`),
    settled: (ticket, index) => passed.push(`answered ${ticket}/${index}`),
    assigned: (scopes) => passed.push(`assigned ${scopes.join()}`),
    revoking: async (scopes) => void passed.push(`revoking ${scopes.join()}`),
    lost: (scopes) => passed.push(`lost ${scopes.join()}`),
    scopeEnded: (scope) => passed.push(`ended ${scope}`),
    disconnected: () => passed.push('disconnected'),
  };
  return {
    violations,
    passed,
    session,
    producer: async () => (await session.producer?.({ deployed }, producerSink)) as Producer,
    consumer: async () =>
      (await session.consumer?.(
        { deployed, subscription: 0, start: { at: 'earliest' } },
        consumerSink,
      )) as Consumer,
  };
}

export type Opened = Awaited<ReturnType<typeof open>>;

export const letter = (ticket: number, more: Partial<Outgoing> = {}): Outgoing => ({
  ticket,
  destination: 0,
  key: undefined,
  partition: undefined,
  group: undefined,
  deduplicationId: undefined,
  headers: undefined,
  delayMs: 0,
  body: Buffer.from('body'),
  ...more,
});

export const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  body: Buffer.from('body'),
  key: undefined,
  place: undefined,
  attempt: undefined,
  redelivered: undefined,
  requestedNs: undefined,
  leaseMs: undefined,
  headers: undefined,
  token: 1,
  ...more,
});
