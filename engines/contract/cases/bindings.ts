import { type Cell, type CellShape, withCell } from '../bench/cell.ts';
import { must, mustEqual, mustRefuse, quiet } from '../bench/expecting.ts';
import { type ContractCase, traitsOf } from '../bench/subject.ts';
import type { Letter } from '../bench/sender.ts';

const byKey = { headers: {}, match: 'all' } as const;

/** What no pattern of destination 0 wants goes to destination 1. */
const byPatterns: CellShape = {
  destinations: 2,
  scopes: 1,
  subscriptions: [0, 0, 1],
  routing: { by: 'topic', alternate: 1 },
  bindings: [
    { subscription: 0, key: 'a.*', ...byKey },
    { subscription: 0, key: '#.z', ...byKey },
    { subscription: 1, key: 'b.#', ...byKey },
  ],
};

const byHeaders: CellShape = {
  destinations: 1,
  scopes: 1,
  subscriptions: [0, 0],
  routing: { by: 'headers', alternate: undefined },
  bindings: [
    { subscription: 0, key: '', headers: { x: '1', y: '2' }, match: 'all' },
    { subscription: 1, key: '', headers: { x: '1', y: '2' }, match: 'any' },
  ],
};

const byEqualKeys: CellShape = {
  destinations: 1,
  scopes: 1,
  subscriptions: [0, 0],
  routing: { by: 'direct', alternate: undefined },
  bindings: [
    { subscription: 0, key: 'a.b', ...byKey },
    { subscription: 1, key: 'a.*', ...byKey },
  ],
};

interface Placed {
  readonly name: string;
  readonly shape: CellShape;
  readonly letters: readonly Letter[];
  /** Bodies, by subscription. */
  readonly arrive: readonly (readonly string[])[];
}

const placed: readonly Placed[] = [
  {
    name: 'bindings: patterns, each subscription once, the rest to the alternate',
    shape: byPatterns,
    letters: ['a.z', 'a.b.c', 'b', 'b.c.z'].map(keyed),
    arrive: [['a.z', 'b.c.z'], ['b', 'b.c.z'], ['a.b.c']],
  },
  {
    name: 'bindings: headers, all of them or any',
    shape: byHeaders,
    letters: [
      { body: 'both', headers: { x: '1', y: '2' } },
      { body: 'one', headers: { x: '1', y: '3' } },
      { body: 'neither', headers: { z: '1' } },
    ],
    arrive: [['both'], ['both', 'one']],
  },
  {
    name: 'bindings: equal keys, in which nothing is a pattern',
    shape: byEqualKeys,
    letters: ['a.b', 'a.*', 'a'].map(keyed),
    arrive: [['a.b'], ['a.*']],
  },
];

export const bindingCases: readonly ContractCase[] = [
  ...placed.map(whereDeclared),
  {
    name: 'bindings: a change is in force for all that is sent after it; refused if not declared',
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('bindings')) {
        await mustRefuse('a topology that needs "bindings"', () =>
          withCell(subject, byEqualKeys, async () => undefined),
        );
        return;
      }
      await withCell(subject, byEqualKeys, async (cell) => {
        const { administration, deployed } = cell;
        const change = administration.topologyChange;
        must(change !== undefined, 'bindings are declared, and topologyChange is absent');
        const binding = { subscription: 0, key: 'late', ...byKey };
        await sendAll(cell, [{ ...keyed('late'), body: 'before' }]);
        await change.bind(deployed, binding);
        await sendAll(cell, [{ ...keyed('late'), body: 'while' }]);
        await change.unbind(deployed, binding);
        await sendAll(cell, [{ ...keyed('late'), body: 'after' }, keyed('a.b')]);
        await mustArrive(cell, [['a.b', 'while']]);
      });
    },
  },
];

function whereDeclared({ name, shape, letters, arrive }: Placed): ContractCase {
  return {
    name,
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('bindings')) return;
      await withCell(subject, shape, async (cell) => {
        await sendAll(cell, letters);
        await mustArrive(cell, arrive);
      });
    },
  };
}

function keyed(key: string): Letter {
  return { key: Buffer.from(key), body: key };
}

async function sendAll(cell: Cell, letters: readonly Letter[]): Promise<void> {
  await (await cell.sender()).sendAll(letters, cell.traits.sendLimit);
}

async function mustArrive(cell: Cell, arrive: readonly (readonly string[])[]): Promise<void> {
  for (const [subscription, bodies] of arrive.entries()) {
    const receiver = await cell.receiver(subscription);
    receiver.request(bodies.length + 1);
    await receiver.until(bodies.length);
    await quiet(cell.subject.quietMs);
    mustEqual(
      receiver.bodies().toSorted(),
      bodies.toSorted(),
      `bodies of subscription ${subscription}`,
    );
    await receiver.acknowledge(receiver.deliveries);
  }
}
