import type { Capability, Delivery } from '../../engine.ts';
import { type Cell, type CellShape, oneOfEach, withCell } from '../bench/cell.ts';
import { eventually, mustEqual, mustRefuse, quiet } from '../bench/expecting.ts';
import type { Receiver } from '../bench/receiver.ts';
import { type ContractCase, traitsOf } from '../bench/subject.ts';
import { send } from './consuming.ts';

const deliveries = 2;

const withDeadLetters: CellShape = {
  destinations: 2,
  scopes: 1,
  subscriptions: [0, 1],
  deliveryLimit: { deliveries, deadLetters: 1 },
};

const dropping: CellShape = {
  destinations: 1,
  scopes: 1,
  subscriptions: [0],
  deliveryLimit: { deliveries, deadLetters: undefined },
};

/** The subscription that reads what the limited one gave up. */
const reader = 1;

export const deadLetterCases: readonly ContractCase[] = [
  declaredOrRefused(
    'dead-letters',
    'what was given back as often as the limit says is moved, once, and nothing else is',
    withDeadLetters,
    async (cell) => {
      await giveUpTheFirstOfTwo(cell);
      const dead = await cell.receiver(reader);
      const [letter] = await dead.receive(1);
      dead.request(1);
      await quiet(cell.subject.quietMs);
      mustEqual(dead.bodies(), ['message 0'], 'bodies of the dead letters');
      mustTellItsDeath(cell, letter as Delivery);
      await dead.acknowledge(dead.deliveries);
    },
  ),
  {
    name: 'redrive: what was given up comes back, and its deliveries are counted anew, also in its next death; absent if not declared',
    run: async (subject) => {
      const { capabilities } = traitsOf(subject);
      const shape = capabilities.has('redrive') ? withDeadLetters : oneOfEach;
      await withCell(subject, shape, async (cell) => {
        const { administration, deployed } = cell;
        const isThere = administration.redrive !== undefined;
        mustEqual(isThere, capabilities.has('redrive'), 'redrive is present');
        if (administration.redrive === undefined) return;
        const receiver = await giveUpTheFirstOfTwo(cell);
        const places = await administration.redrive(deployed, 0);
        mustEqual(places.length, 1, 'places of what was moved back');
        // It still asks for one message, and would take it from any other receiver.
        await receiver.until(deliveries + 2);
        const again = receiver.deliveries.at(-1);
        mustEqual(again?.body.toString(), 'message 0', 'body of what was moved back');
        if (capabilities.has('attempts')) mustEqual(again?.attempt, 1, 'attempt');
        if (capabilities.has('places')) mustEqual(again?.place, places[0], 'place');
        await receiver.settle(receiver.deliveries.slice(-1), { how: 'requeue' });
        receiver.request(1);
        await receiver.until(deliveries + 3);
        await receiver.settle(receiver.deliveries.slice(-1), { how: 'requeue' });
        const dead = await cell.receiver(reader);
        const [letter] = await dead.receive(1);
        mustTellItsDeath(cell, letter as Delivery);
        await dead.acknowledge(dead.deliveries);
      });
    },
  },
  declaredOrRefused(
    'drop-at-limit',
    'what was given back as often as the limit says does not come again',
    dropping,
    async (cell) => {
      await giveUpTheFirstOfTwo(cell);
    },
  ),
];

/** What is not declared is refused when the topology is applied. */
function declaredOrRefused(
  capability: Capability,
  works: string,
  shape: CellShape,
  body: (cell: Cell) => Promise<void>,
): ContractCase {
  return {
    name: `${capability}: ${works}; refused if not declared`,
    run: async (subject) => {
      if (traitsOf(subject).capabilities.has(capability)) return withCell(subject, shape, body);
      await mustRefuse(`a topology that needs "${capability}"`, () =>
        withCell(subject, shape, async () => undefined),
      );
    },
  };
}

/**
 * The second is acknowledged, and the first is gone from the subscription after its deliveries.
 * @returns whoever received them, and asks for one more
 */
async function giveUpTheFirstOfTwo(cell: Cell): Promise<Receiver> {
  await send(cell, 2);
  const receiver = await cell.receiver();
  for (let delivery = 1; delivery <= deliveries; delivery += 1) {
    const have = receiver.deliveries.length;
    const expected = delivery === 1 ? 2 : 1;
    receiver.request(expected);
    await eventually(
      `delivery ${delivery} of what was given back`,
      cell.subject.patienceMs,
      () => receiver.deliveries.length === have + expected,
    );
    const got = receiver.deliveries.slice(have);
    const isPoison = ({ body }: Delivery): boolean => body.toString() === 'message 0';
    await receiver.settle(got.filter(isPoison), { how: 'requeue' });
    await receiver.acknowledge(got.filter((copy) => !isPoison(copy)));
  }
  const have = receiver.bodies();
  receiver.request(1);
  await quiet(cell.subject.quietMs);
  mustEqual(receiver.bodies(), have, 'bodies after the limit');
  return receiver;
}

function mustTellItsDeath(cell: Cell, letter: Delivery): void {
  if (!cell.traits.capabilities.has('dead-letter-causes')) return;
  mustEqual(letter.death, { cause: 'attempts', deliveries }, 'death of a dead letter');
}
