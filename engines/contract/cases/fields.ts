import type { Capability, Delivery, Place } from '../../engine.ts';
import { type Cell, oneOfEach, withCell } from '../bench/cell.ts';
import { must, mustEqual, quiet } from '../bench/expecting.ts';
import type { Letter } from '../bench/sender.ts';
import type { ContractCase } from '../bench/subject.ts';
import { checkOutcomes } from './sending.ts';

/** What a send may carry: each works where it is declared and is refused where it is not. */
export const fieldCases: readonly ContractCase[] = [
  declaredOrRefused(
    'keys',
    'a key arrives byte for byte',
    { key: Buffer.from([0, 255, 107, 13]) },
    async (cell) => {
      const key = Buffer.from([0, 255, 107, 13]);
      const [delivery] = await roundTrip(cell, [{ body: 'keyed', key }]);
      must(delivery?.key?.equals(key) === true, `key ${delivery?.key?.toString('hex')}`);
    },
  ),
  declaredOrRefused(
    'headers',
    'headers arrive with the message',
    { headers: { 'x-some': 'value' } },
    async (cell) => {
      const headers = { 'x-some': 'value', 'x-other': 'Grüße €' };
      const [delivery] = await roundTrip(cell, [{ body: 'with headers', headers }]);
      for (const [name, value] of Object.entries(headers)) {
        mustEqual(delivery?.headers?.[name], value, `header ${name}`);
      }
    },
  ),
  declaredOrRefused('partitions', 'the partition decides the scope', { partition: 0 }, partitions),
  declaredOrRefused('delay', 'a delayed message comes late, not never', { delayMs: 1_000 }, delay),
  declaredOrRefused(
    'message-groups',
    'a group is delivered in order, one at a time',
    { group: 'g' },
    messageGroups,
  ),
  declaredOrRefused(
    'deduplication',
    'the same deduplication id is stored once',
    { deduplicationId: 'same' },
    deduplication,
  ),
  {
    name: 'places: sends and deliveries agree on them, and they keep the order of a scope',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        if (!cell.traits.capabilities.has('places')) return;
        const letters = Array.from({ length: 10 }, (_, index) => ({ body: `message ${index}` }));
        const settled = await (await cell.sender()).sendAll(letters, { messages: 1, bytes: 1 });
        const got = await (await cell.receiver()).receiveAndAcknowledge(letters.length);
        const delivered = got.map(({ place }) => place as Place);
        mustRise(delivered, 'deliveries');
        const stored = settled.flatMap(({ place }) => (place === undefined ? [] : [place]));
        if (cell.traits.sendReply === 'none') return;
        mustRise(stored, 'sends');
        mustEqual(delivered, stored, 'places of the deliveries');
      }),
  },
];

function declaredOrRefused(
  capability: Capability,
  works: string,
  use: Omit<Letter, 'body'>,
  body: (cell: Cell) => Promise<void>,
): ContractCase {
  return {
    name: `${capability}: ${works}; refused if not declared`,
    run: (subject) =>
      withCell(subject, { ...oneOfEach, scopes: 3 }, async (cell) => {
        if (cell.traits.capabilities.has(capability)) return body(cell);
        const sender = await cell.sender();
        await sender.mustRefuse({ body: 'not declared', ...use }, `"${capability}"`);
        const [delivery] = await roundTrip(cell, [{ body: 'plain' }]);
        mustEqual(delivery?.body.toString(), 'plain', 'the only message that may arrive');
      }),
  };
}

async function roundTrip(cell: Cell, letters: readonly Letter[]): Promise<readonly Delivery[]> {
  const sender = await cell.sender();
  checkOutcomes(cell, await sender.sendAll(letters, cell.traits.sendLimit));
  return (await cell.receiver()).receiveAndAcknowledge(letters.length);
}

async function partitions(cell: Cell): Promise<void> {
  const wanted = [2, 0, 1, 2];
  const letters = wanted.map((partition, index) => ({ body: `${partition}/${index}`, partition }));
  for (const { body, place } of await roundTrip(cell, letters)) {
    if (place !== undefined) mustEqual(`${place.scope}`, body.toString().split('/')[0], 'scope');
  }
  const sender = await cell.sender();
  if (cell.traits.sendReply === 'each') {
    await sender.mustRefuse({ body: 'beyond', partition: 99 }, 'a partition that does not exist');
  }
}

async function delay(cell: Cell): Promise<void> {
  const delayMs = 1_000;
  const sender = await cell.sender();
  const receiver = await cell.receiver();
  receiver.request(2);
  const sentMs = performance.now();
  const settled = await sender.sendAll(
    [{ body: 'late', delayMs }, { body: 'prompt' }],
    cell.traits.sendLimit,
  );
  checkOutcomes(cell, settled);
  await receiver.until(1);
  await receiver.acknowledge(receiver.deliveries.slice(0, 1));
  mustEqual(receiver.bodies()[0], 'prompt', 'the first to arrive');
  await receiver.until(2, delayMs + cell.subject.patienceMs);
  const tookMs = performance.now() - sentMs;
  // Timers may fire a little early by the wall, never by a tenth.
  must(tookMs >= delayMs * 0.9, `a message delayed by ${delayMs} ms came after ${tookMs} ms`);
  await receiver.acknowledge(receiver.deliveries.slice(1));
}

async function messageGroups(cell: Cell): Promise<void> {
  const sender = await cell.sender();
  const letters = [
    { body: 'a1', group: 'a' },
    { body: 'a2', group: 'a' },
    { body: 'a3', group: 'a' },
    { body: 'b1', group: 'b' },
  ];
  for (const letter of letters) await sender.sendAll([letter], cell.traits.sendLimit);
  const holder = await cell.receiver();
  const [held] = await holder.receive(1);
  must(held !== undefined, 'nothing came');
  const heldGroup = held.body.toString().slice(0, 1);
  if (!cell.automatic) {
    const other = await cell.receiver();
    other.request(4);
    await quiet(cell.subject.quietMs);
    const blocked = other.bodies().filter((body) => body.startsWith(heldGroup));
    mustEqual(blocked, [], 'messages of a group whose first is in flight');
    await other.acknowledge(other.deliveries);
    await cell.close(other);
    await holder.acknowledge([held]);
    await holder.receiveAndAcknowledge(letters.length - 1 - other.deliveries.length, 1);
    mustOrder([...other.bodies(), ...holder.bodies()]);
    return;
  }
  await holder.receiveAndAcknowledge(letters.length - 1, 1);
  mustOrder(holder.bodies());
}

const mustOrder = (bodies: readonly string[]): void =>
  mustEqual(
    bodies.filter((body) => body.startsWith('a')),
    ['a1', 'a2', 'a3'],
    'order of group a',
  );

async function deduplication(cell: Cell): Promise<void> {
  const group = cell.traits.capabilities.has('message-groups') ? { group: 'g' } : {};
  const sender = await cell.sender();
  for (const [body, deduplicationId] of [
    ['first', 'same'],
    ['second', 'same'],
    ['third', 'another'],
  ] as const) {
    checkOutcomes(
      cell,
      await sender.sendAll([{ body, deduplicationId, ...group }], cell.traits.sendLimit),
    );
  }
  const receiver = await cell.receiver();
  await receiver.receiveAndAcknowledge(2, 1);
  receiver.request(1);
  await quiet(cell.subject.quietMs);
  mustEqual(receiver.bodies().toSorted(), ['first', 'third'], 'bodies');
}

function mustRise(places: readonly Place[], of: string): void {
  for (const [index, { scope, position }] of places.entries()) {
    const before = places[index - 1];
    if (before === undefined || before.scope !== scope) continue;
    const rises =
      position.major > before.position.major ||
      (position.major === before.position.major && position.minor > before.position.minor);
    must(rises, `places of ${of} do not rise: ${JSON.stringify([before, places[index]])}`);
  }
}
