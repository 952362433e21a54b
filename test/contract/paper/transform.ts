import { expect } from 'vitest';
import { type Cell, freshName, withCell } from '../../../engines/contract/bench/cell.ts';
import type { ContractSubject } from '../../../engines/contract/contract.ts';
import type { Transaction } from '../../../engines/engine.ts';

const inputs = 60;
const perTransaction = 7;
const input = 0;
const output = 1;

type Job = Awaited<ReturnType<Cell['pair']>>;
type End = 'commit' | 'abort';

/**
 * Consume-transform-produce with the consumed offsets in the transaction, through the contract alone:
 * `begin`, `send(…, transaction)`, `include`, `commit`. Some transactions are aborted, one job turns
 * into a zombie with its transaction open; every input must have one committed output all the same.
 */
export async function transformExactlyOnce(subject: ContractSubject): Promise<void> {
  const shape = { destinations: 2, scopes: 2, subscriptions: [input, output] };
  await withCell(subject, shape, async (cell) => {
    const id = freshName(subject);
    await feed(cell);
    const aborted = await runJobs(cell, id);
    expect(aborted, 'outputs of aborted transactions, without which nothing is proved').not.toBe(0);
    await mustHaveTransformed(cell);
    await mustHaveConsumed(cell);
  });
}

async function feed(cell: Cell): Promise<void> {
  const letters = Array.from({ length: inputs }, (_, index) => ({
    body: `input ${index}`,
    destination: input,
    partition: index % 2,
  }));
  await (await cell.sender()).sendAll(letters, cell.traits.sendLimit);
}

/** Job after job until no input is left; returns how many outputs were stored and aborted. */
async function runJobs(cell: Cell, id: string): Promise<number> {
  let transformed = 0;
  let aborted = 0;
  for (let round = 0; transformed < inputs; round += 1) {
    const job = await cell.pair(id);
    if (round === 0) {
      aborted += await becomeZombie(cell, job, id);
      continue;
    }
    // Two commits, then an abort; a new job starts where the offsets say.
    for (const end of ['commit', 'commit', 'abort'] as const) {
      if (transformed === inputs) break;
      const done = await transformSome(
        cell,
        job,
        Math.min(perTransaction, inputs - transformed),
        end,
      );
      if (end === 'commit') transformed += done;
      else aborted += done;
    }
    await job.close();
  }
  return aborted;
}

async function transformSome(cell: Cell, job: Job, count: number, end: End): Promise<number> {
  const { transaction, sent } = await openTransaction(cell, job, count);
  expect(await (end === 'commit' ? transaction.commit() : transaction.abort()), end).toBe('ok');
  return sent;
}

async function openTransaction(
  cell: Cell,
  { sender, receiver }: Job,
  count: number,
): Promise<{ transaction: Transaction; sent: number }> {
  const before = receiver.deliveries.length;
  receiver.request(count);
  await receiver.until(before + count);
  const batch = receiver.deliveries.slice(before);
  const transaction = await sender.producer?.begin?.();
  if (transaction === undefined) throw new Error('no transaction');
  const letters = batch.map(({ body, place }) => ({
    body: body.toString().replace('input', 'output'),
    destination: output,
    partition: place?.scope ?? 0,
  }));
  const settled = await sender.sendAll(letters, cell.traits.sendLimit, transaction);
  expect(settled.every(({ outcome }) => outcome === 'ok')).toBe(true);
  expect(await transaction.include(receiver.inner, batch)).toBe('ok');
  return { transaction, sent: batch.length };
}

/** A successor of the same id takes over while the job's transaction is open: it must not commit. */
async function becomeZombie(cell: Cell, zombie: Job, id: string): Promise<number> {
  const { transaction, sent } = await openTransaction(cell, zombie, perTransaction);
  const successor = await cell.sender(id);
  const fencing = await successor.producer?.begin?.();
  if (fencing === undefined) throw new Error('no transaction');
  const letters = [{ body: 'output of the successor', destination: output }];
  await successor.sendAll(letters, cell.traits.sendLimit, fencing);
  expect(await fencing.abort()).toBe('ok');
  expect(await transaction.commit()).not.toBe('ok');
  await cell.close(successor);
  await zombie.close();
  return sent + letters.length;
}

async function mustHaveTransformed(cell: Cell): Promise<void> {
  const receiver = await cell.receiver(output);
  await addLast(cell, output);
  receiver.request(inputs + 20);
  await receiver.until(inputs + 2);
  await cell.close(receiver);
  const outputs = receiver.bodies().filter((body) => body !== 'last');
  const expected = Array.from({ length: inputs }, (_, index) => `output ${index}`);
  expect(outputs.toSorted()).toEqual(expected.toSorted());
}

async function mustHaveConsumed(cell: Cell): Promise<void> {
  await addLast(cell, input);
  const receiver = await cell.receiver(input);
  receiver.request(20);
  await receiver.until(2);
  await cell.close(receiver);
  expect(receiver.bodies()).toEqual(['last', 'last']);
}

/** One message behind all others in each scope: what is missing before it is not merely late. */
async function addLast(cell: Cell, destination: number): Promise<void> {
  const letters = [0, 1].map((partition) => ({ body: 'last', destination, partition }));
  await (await cell.sender()).sendAll(letters, cell.traits.sendLimit);
}
