import { describe, expect, test } from 'vitest';
import type { Topology } from '../../../engines/engine.ts';
import { bindingsOf, exchangeTypeOf, inWords } from '../../../engines/rabbitmq/bindings.ts';

const topology: Topology = {
  destinations: [
    { name: 'plain', scopes: 1 },
    { name: 'chosen', scopes: 1, routing: { by: 'headers', alternate: 0 } },
    { name: 'keyed', scopes: 1, routing: { by: 'topic', alternate: undefined } },
  ],
  subscriptions: [
    { name: 'all', destination: 0 },
    { name: 'some', destination: 1 },
    { name: 'words', destination: 2 },
  ],
  bindings: [
    { subscription: 1, key: '', headers: { x: '1' }, match: 'any' },
    { subscription: 2, key: 'a.#', headers: {}, match: 'all' },
  ],
};

describe('exchanges and bindings of RabbitMQ', () => {
  test('a destination that does not route is a fanout exchange, and has one binding a queue', () => {
    expect(topology.destinations.map((one) => exchangeTypeOf(topology, one))).toEqual([
      { type: 'fanout', alternateExchange: undefined },
      { type: 'headers', alternateExchange: 'plain' },
      { type: 'topic', alternateExchange: undefined },
    ]);
    expect(bindingsOf(topology).map(({ subscription }) => subscription)).toEqual([0, 1, 2]);
  });

  test('only a headers exchange is told of headers, and how many must agree', () => {
    expect(bindingsOf(topology).map((binding) => inWords(topology, binding))).toEqual([
      { queue: 'all', exchange: 'plain', key: '', headers: {} },
      { queue: 'some', exchange: 'chosen', key: '', headers: { 'x-match': 'any', x: '1' } },
      { queue: 'words', exchange: 'keyed', key: 'a.#', headers: {} },
    ]);
  });
});
