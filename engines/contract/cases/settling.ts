import type { Delivery, Settlement } from '../../engine.ts';
import { type Cell, oneOfEach, withCell } from '../bench/cell.ts';
import { eventually, must, mustEqual, quiet } from '../bench/expecting.ts';
import type { Receiver } from '../bench/receiver.ts';
import { type ContractCase, traitsOf } from '../bench/subject.ts';
import { send } from './consuming.ts';

/** A lease that the suite is ready to wait for. */
const shortLeaseMs = 1_000;

export const settlingCases: readonly ContractCase[] = [
  settling('an acknowledged message does not come back', async (cell) => {
    await send(cell, 3);
    const before = await cell.receiver();
    await before.receiveAndAcknowledge(3);
    await cell.close(before);
    await mustOnlySeeTheNext(cell);
  }),
  settling('what was not settled comes back after close, and says so if it can', async (cell) => {
    await send(cell, 4);
    const before = await cell.receiver();
    const [first, ...rest] = await before.receive(4);
    await before.acknowledge([first as Delivery]);
    await cell.close(before);
    const after = await cell.receiver();
    await receiveAgain(after, rest);
    mustEqual(after.bodies().toSorted(), texts(rest), 'bodies after close');
    for (const delivery of after.deliveries) mustSayItComesAgain(cell, delivery);
    await after.acknowledge(after.deliveries);
  }),
  settling('acknowledge covers what the traits say: one, or all before it', async (cell) => {
    await send(cell, 3);
    const before = await cell.receiver();
    const [first, second, third] = (await before.receive(3)) as [Delivery, Delivery, Delivery];
    await before.acknowledge([second]);
    await cell.close(before);
    const left = cell.traits.acknowledge === 'individual' ? [first, third] : [third];
    const after = await cell.receiver();
    await receiveAgain(after, left);
    after.request(1);
    await quiet(cell.subject.quietMs);
    mustEqual(after.bodies().toSorted(), texts(left), 'bodies after acknowledging the second');
    await after.acknowledge(after.deliveries);
  }),
  settling('one settlement may cover as many deliveries as the limit says', async (cell) => {
    const { settleLimit, receiveLimit } = cell.traits;
    const count = Math.min(settleLimit.messages, receiveLimit, 200);
    await send(cell, count);
    const receiver = await cell.receiver();
    await receiver.acknowledge(await receiver.receive(count));
    await cell.close(receiver);
    await mustOnlySeeTheNext(cell);
  }),
  declaredOrRefused('requeue', 'a requeued message comes again', async (cell) => {
    await send(cell, 1);
    const receiver = await cell.receiver();
    const got = await receiver.receive(1);
    await receiver.settle(got, { how: 'requeue' });
    await receiveAgain(receiver, got);
    mustEqual(receiver.bodies(), ['message 0', 'message 0'], 'bodies');
    mustSayItComesAgain(cell, receiver.deliveries[1] as Delivery);
    await receiver.acknowledge(receiver.deliveries.slice(1));
  }),
  declaredOrRefused('reject', 'a rejected message leaves the subscription', async (cell) => {
    await send(cell, 1);
    const receiver = await cell.receiver();
    await receiver.settle(await receiver.receive(1), { how: 'reject' });
    await cell.close(receiver);
    await mustOnlySeeTheNext(cell);
  }),
  declaredOrRefused('extend', 'the lease runs anew from the extension', async (cell) => {
    await send(cell, 1);
    const receiver = await cell.receiver();
    const got = await receiver.receive(1);
    const leaseMs = got[0]?.leaseMs ?? 0;
    if (leaseMs > cell.subject.patienceMs) {
      // Too long to wait for: a shorter lease must bring it back sooner.
      await receiver.settle(got, { how: 'extend', leaseMs: shortLeaseMs });
      receiver.request(1);
      await receiver.until(2, shortLeaseMs + cell.subject.patienceMs);
      await receiver.acknowledge(receiver.deliveries.slice(1));
      return;
    }
    await receiver.settle(got, { how: 'extend', leaseMs: 10 * leaseMs });
    receiver.request(1);
    await quiet(2 * leaseMs);
    mustEqual(receiver.deliveries.length, 1, 'deliveries within the extended lease');
    await receiver.acknowledge(got);
  }),
  {
    name: 'lease: a message that nobody settles in time comes back by itself',
    run: async (subject) => {
      const { capabilities, acknowledge } = traitsOf(subject);
      if (!capabilities.has('lease') || acknowledge === 'none') return;
      await withCell(subject, oneOfEach, async (cell) => {
        await send(cell, 1);
        const receiver = await cell.receiver();
        const got = await receiver.receive(1);
        await receiveAgain(receiver, got);
        mustSayItComesAgain(cell, receiver.deliveries[1] as Delivery);
        await receiver.acknowledge(receiver.deliveries.slice(1));
      });
    },
  },
  {
    name: 'automatic consumption: what was delivered is forgotten, and settling is refused',
    run: async (subject) => {
      if (traitsOf(subject).acknowledge !== 'none') return;
      await withCell(subject, oneOfEach, async (cell) => {
        await send(cell, 2);
        const before = await cell.receiver();
        const got = await before.receive(2);
        await mustRefuseToSettle(before, got, { how: 'acknowledge' });
        await cell.close(before);
        await mustOnlySeeTheNext(cell);
      });
    },
  },
  {
    name: 'fence: there exactly when settlements have no reply of their own but can be proved',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        const receiver = await cell.receiver();
        const expected = cell.traits.ackReply === 'fence';
        mustEqual(receiver.inner.fence !== undefined, expected, 'fence is present');
        await receiver.inner.fence?.();
      }),
  },
];

/** For engines that settle at all; the others have a case of their own. */
function settling(name: string, body: (cell: Cell) => Promise<void>): ContractCase {
  return {
    name,
    run: async (subject) => {
      if (traitsOf(subject).acknowledge === 'none') return;
      await withCell(subject, oneOfEach, body);
    },
  };
}

function declaredOrRefused(
  how: 'requeue' | 'reject' | 'extend',
  works: string,
  body: (cell: Cell) => Promise<void>,
): ContractCase {
  return {
    name: `${how}: ${works}; refused if not declared`,
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        if (cell.traits.capabilities.has(how)) return body(cell);
        await send(cell, 1);
        const receiver = await cell.receiver();
        const got = await receiver.receive(1);
        await mustRefuseToSettle(
          receiver,
          got,
          how === 'extend' ? { how, leaseMs: 1_000 } : { how },
        );
        await receiver.acknowledge(got);
      }),
  };
}

async function mustRefuseToSettle(
  receiver: Receiver,
  of: readonly Delivery[],
  how: Settlement,
): Promise<void> {
  let outcomes: readonly string[];
  try {
    outcomes = await receiver.trySettle(of, how);
  } catch {
    return;
  }
  must(
    outcomes.length > 0 && outcomes.every((outcome) => outcome === 'fail'),
    `${how.how} is not declared and must be refused: throw, or answer fail`,
  );
}

/** Leases may have to run out first, where the system cannot give them back. */
async function receiveAgain(receiver: Receiver, of: readonly Delivery[]): Promise<void> {
  const have = receiver.deliveries.length;
  const leaseMs = Math.max(0, ...of.map((delivery) => delivery.leaseMs ?? 0));
  receiver.request(of.length);
  await receiver.until(have + of.length, leaseMs + receiver.patienceMs);
}

function mustSayItComesAgain(cell: Cell, delivery: Delivery): void {
  const { capabilities } = cell.traits;
  if (capabilities.has('redelivered-flag')) mustEqual(delivery.redelivered, true, 'redelivered');
  if (capabilities.has('attempts')) {
    must((delivery.attempt ?? 0) >= 2, `attempt ${delivery.attempt} of a second delivery`);
  }
}

/** A later message arrives, which proves the consumer awake, and nothing else does. */
async function mustOnlySeeTheNext(cell: Cell): Promise<void> {
  const receiver = await cell.receiver();
  receiver.request(2);
  await send(cell, 1, 1_000);
  await eventually('the next message', cell.subject.patienceMs, () =>
    receiver.bodies().includes('message 1000'),
  );
  await quiet(cell.subject.quietMs);
  mustEqual(receiver.bodies(), ['message 1000'], 'bodies');
  await receiver.acknowledge(receiver.deliveries);
}

const texts = (of: readonly Delivery[]): readonly string[] =>
  of.map(({ body }) => body.toString()).toSorted();
