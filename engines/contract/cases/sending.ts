import type { Delivery } from '../../engine.ts';
import { type Cell, oneOfEach, withCell } from '../bench/cell.ts';
import { must, mustEqual, mustRefuse, within } from '../bench/expecting.ts';
import type { Settled } from '../bench/sender.ts';
import { type ContractCase, type ContractSubject, traitsOf } from '../bench/subject.ts';

/** The largest body the suite sends, however generous the declared limit is. */
const largestBody = 2 * 1024 * 1024;
const manyMost = 1_000;

export const sendingCases: readonly ContractCase[] = [
  {
    name: 'every byte arrives as it was sent, from one byte to the largest body',
    run: (subject) =>
      inCell(subject, async (cell) => {
        const largest = Math.min(cell.traits.sendLimit.bytes, largestBody);
        const sizes = [1, 2, 64, 257, largest].filter((size) => size <= largest);
        const bodies = sizes.map((size, index) => patterned(size, index));
        const receiver = await cell.receiver();
        const sender = await cell.sender();
        const got: Delivery[] = [];
        // Each is read before the next is sent: where retention counts bytes, the largest may push out what stands before it.
        for (const body of bodies) {
          checkOutcomes(cell, await sender.sendAll([{ body }], cell.traits.sendLimit));
          got.push(...(await receiver.receiveAndAcknowledge(1)));
        }
        for (const body of bodies) {
          const same = got.filter((delivery) => delivery.body.equals(body)).length;
          must(same === 1, `a body of ${body.length} bytes arrived intact ${same} times`);
        }
      }),
  },
  {
    name: 'one batch may go to several destinations',
    run: (subject) =>
      withCell(subject, { destinations: 2, scopes: 1, subscriptions: [0, 1] }, async (cell) => {
        const sender = await cell.sender();
        const letters = [0, 1, 0, 1].map((destination, index) => ({
          destination,
          body: `to ${destination}, number ${index}`,
        }));
        checkOutcomes(cell, await sender.sendAll(letters, cell.traits.sendLimit));
        for (const destination of [0, 1]) {
          const receiver = await cell.receiver(destination);
          await receiver.receiveAndAcknowledge(2);
          const expected = letters.filter((one) => one.destination === destination);
          mustEqual(
            receiver.bodies().toSorted(),
            expected.map(({ body }) => body),
            `bodies of destination ${destination}`,
          );
        }
      }),
  },
  {
    name: 'a batch as large as the limit settles every ticket and arrives',
    run: (subject) =>
      inCell(subject, async (cell) => {
        const { messages, bytes } = cell.traits.sendLimit;
        const count = Math.min(messages, manyMost, Math.floor(bytes / 64));
        const letters = Array.from({ length: count }, (_, index) => ({
          body: `${index}`.padEnd(64, '.'),
        }));
        const sender = await cell.sender();
        const tickets = sender.send(letters);
        mustEqual(tickets.length, count, 'tickets');
        checkOutcomes(cell, await sender.settledAll(tickets));
        const receiver = await cell.receiver();
        await receiver.receiveAndAcknowledge(count);
        mustEqual(new Set(receiver.bodies()).size, count, 'distinct bodies');
      }),
  },
  {
    name: 'batches need not wait for each other, and flush waits for all',
    run: (subject) =>
      inCell(subject, async (cell) => {
        const sender = await cell.sender();
        const tickets: number[] = [];
        for (let index = 0; index < 20; index += 1) {
          tickets.push(...sender.send([{ body: `message ${index}` }]));
        }
        const producer = sender.producer;
        must(producer !== undefined, 'no producer');
        await within('flush', subject.patienceMs, producer.flush());
        const unsettled = tickets.filter((ticket) => !sender.outcomes.has(ticket));
        mustEqual(unsettled, [], 'tickets unsettled after flush');
        await within('flush of nothing', subject.patienceMs, producer.flush());
        await (await cell.receiver()).receiveAndAcknowledge(tickets.length);
      }),
  },
  {
    name: 'close settles what was still on its way',
    run: (subject) =>
      inCell(subject, async (cell) => {
        const sender = await cell.sender();
        const tickets = sender.send([{ body: 'sent and closed at once' }]);
        await cell.close(sender);
        must(
          tickets.every((ticket) => sender.outcomes.has(ticket)),
          'a ticket had no outcome after close',
        );
      }),
  },
  {
    name: 'transactions: begin is there exactly when they are declared',
    run: (subject) =>
      inCell(subject, async (cell) => {
        const declared = cell.traits.capabilities.has('transactions');
        const sender = await cell.sender(declared ? `${subject.prefix}-begin` : undefined);
        mustEqual(sender.producer?.begin !== undefined, declared, 'begin is present');
      }),
  },
  {
    name: 'an unroutable message comes back, if returns are declared',
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('returns')) return;
      await withCell(subject, { destinations: 2, scopes: 1, subscriptions: [0] }, async (cell) => {
        const sender = await cell.sender();
        const [ticket] = sender.send([{ destination: 1, body: 'to nobody' }]);
        const [routed] = sender.send([{ destination: 0, body: 'to somebody' }]);
        await sender.settledAll([ticket as number, routed as number]);
        mustEqual(sender.returns, [ticket], 'returned tickets');
      });
    },
  },
  {
    name: 'a second subscription of a destination gets its own copies, or is refused',
    run: async (subject) => {
      const { capabilities } = traitsOf(subject);
      const shape = { destinations: 1, scopes: 1, subscriptions: [0, 0] };
      if (!capabilities.has('routing') && !capabilities.has('replay')) {
        await mustRefuse('two subscriptions of one destination without "routing" or "replay"', () =>
          withCell(subject, shape, async () => undefined),
        );
        return;
      }
      await withCell(subject, shape, async (cell) => {
        const receivers = [await cell.receiver(0), await cell.receiver(1)];
        const sender = await cell.sender();
        await sender.sendAll([{ body: 'a' }, { body: 'b' }], cell.traits.sendLimit);
        for (const receiver of receivers) {
          await receiver.receiveAndAcknowledge(2);
          mustEqual(receiver.bodies().toSorted(), ['a', 'b'], 'bodies of each subscription');
        }
      });
    },
  },
];

/** Every send of the suite is in order: it must be stored, as far as the engine can tell. */
export function checkOutcomes(cell: Cell, settled: readonly Settled[]): void {
  const expected = cell.traits.sendReply === 'none' ? 'unknown' : 'ok';
  for (const { outcome, code } of settled) {
    must(
      outcome === expected,
      `outcome ${outcome} (${cell.engine.outcomes[code]}), expected ${expected}`,
    );
  }
}

const inCell = (subject: ContractSubject, body: (cell: Cell) => Promise<void>): Promise<void> =>
  withCell(subject, oneOfEach, body);

/** Every byte value, no valid UTF-8, and different for each `salt`. */
function patterned(size: number, salt: number): Buffer {
  const body = Buffer.allocUnsafe(size);
  for (let index = 0; index < size; index += 1) body[index] = (index * 31 + salt * 7 + 255) & 0xff;
  return body;
}
