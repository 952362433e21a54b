import type { Transaction } from '../../engine.ts';
import { type Cell, freshName, withCell } from '../bench/cell.ts';
import { eventually, must, mustEqual, quiet, within } from '../bench/expecting.ts';
import type { Sender } from '../bench/sender.ts';
import { type ContractCase, traitsOf } from '../bench/subject.ts';
import { send } from './consuming.ts';
import { checkOutcomes } from './sending.ts';

/** Destination 0 is the input, 1 the output. */
const shape = { destinations: 2, scopes: 1, subscriptions: [0, 1] };

export const transactionCases: readonly ContractCase[] = [
  transactional(
    'an abort leaves nothing behind that may be read, a commit is seen exactly once',
    async (cell, id) => {
      const sender = await cell.sender(id);
      await transact(cell, sender, 'aborted', async (transaction) => transaction.abort());
      await transact(cell, sender, 'committed', async (transaction) => transaction.commit());
      await mustSeeOutput(cell, { aborted: 'aborted', committed: 'committed' });
    },
  ),
  transactional('consumed offsets move with the commit, and only with it', async (cell, id) => {
    await send(cell, 4);
    for (const [end, output] of [
      ['abort', 'from an abort'],
      ['commit', 'from a commit'],
    ] as const) {
      const { sender, receiver, close } = await cell.pair(id);
      const got = await receiver.receive(2);
      mustEqual(receiver.bodies(), ['message 0', 'message 1'], `input of the ${end}`);
      await transact(cell, sender, output, async (transaction) => {
        const included = await transaction.include(receiver.inner, got);
        mustEqual(included, 'ok', 'include');
        return end === 'commit' ? transaction.commit() : transaction.abort();
      });
      await close();
    }
    const after = await cell.receiver(0);
    await after.receiveAndAcknowledge(2);
    mustEqual(after.bodies(), ['message 2', 'message 3'], 'input after the commit');
    await mustSeeOutput(cell, { aborted: 'from an abort', committed: 'from a commit' });
  }),
  transactional('a new producer of the same id fences the old one', async (cell, id) => {
    const zombie = await cell.sender(id);
    const stale = await begin(cell, zombie);
    checkOutcomes(
      cell,
      await zombie.sendAll([{ body: 'zombie', destination: 1 }], cell.traits.sendLimit, stale),
    );
    const successor = await cell.sender(id);
    await transact(cell, successor, 'successor', async (transaction) => transaction.commit());
    const outcome = await within('commit of the zombie', cell.subject.patienceMs, stale.commit());
    must(outcome !== 'ok', 'the commit of a fenced producer was ok');
    await mustSeeOutput(cell, { aborted: 'zombie', committed: 'successor' });
  }),
];

function transactional(
  name: string,
  body: (cell: Cell, transactionalId: string) => Promise<void>,
): ContractCase {
  return {
    name: `transactions: ${name}`,
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('transactions')) return;
      await withCell(subject, shape, (cell) => body(cell, freshName(subject)));
    },
  };
}

async function begin(cell: Cell, sender: Sender): Promise<Transaction> {
  const start = sender.producer?.begin?.();
  must(start !== undefined, 'transactions are declared, but begin is absent');
  return within('begin', cell.subject.patienceMs, start);
}

async function transact(
  cell: Cell,
  sender: Sender,
  body: string,
  end: (transaction: Transaction) => Promise<string>,
): Promise<void> {
  const transaction = await begin(cell, sender);
  const letters = [{ body, destination: 1 }];
  checkOutcomes(cell, await sender.sendAll(letters, cell.traits.sendLimit, transaction));
  mustEqual(await within('the end', cell.subject.patienceMs, end(transaction)), 'ok', 'the end');
}

/**
 * A plain message behind them proves that what is missing is not merely late. Readers of what is not
 * committed see the aborted one, too, which was sent first.
 */
async function mustSeeOutput(
  cell: Cell,
  { aborted, committed }: { readonly aborted: string; readonly committed: string },
): Promise<void> {
  const isCommitted = cell.traits.isolation === 'read-committed';
  const expected = isCommitted ? [committed] : [aborted, committed];
  const plain = await cell.sender();
  await plain.sendAll([{ body: 'last', destination: 1 }], cell.traits.sendLimit);
  const output = await cell.receiver(1);
  output.request(expected.length + 3);
  await eventually(
    'the last output',
    cell.subject.patienceMs,
    () => output.bodies().includes('last'),
    () => output.bodies().join(', '),
  );
  await quiet(cell.subject.quietMs);
  mustEqual(output.bodies(), [...expected, 'last'], 'output');
  await output.acknowledge(output.deliveries);
}
