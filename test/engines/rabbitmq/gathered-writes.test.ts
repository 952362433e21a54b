import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { gatherWrites } from '../../../engines/rabbitmq/gathered-writes.ts';

/** A connection that notes what it was given at once. */
function recorded(): { readonly connection: Duplex; readonly calls: string[][] } {
  const calls: string[][] = [];
  const connection = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      calls.push([chunk.toString()]);
      setImmediate(done);
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => String(chunk)));
      setImmediate(done);
    },
    writableHighWaterMark: 4,
  });
  gatherWrites(connection);
  return { connection, calls };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is written in one turn leaves at once, in its order', async () => {
  const { connection, calls } = recorded();
  for (const text of ['a', 'b', 'c']) connection.write(text);
  expect(calls).toEqual([]);
  await nextTurn();
  expect(calls).toEqual([['a', 'b', 'c']]);
  connection.write('d');
  await nextTurn();
  expect(calls).toEqual([['a', 'b', 'c'], ['d']]);
});

test('a full connection says so, and when it has room again', async () => {
  const { connection, calls } = recorded();
  expect(connection.write('abc')).toBe(true);
  const drained = once(connection, 'drain');
  expect(connection.write('def')).toBe(false);
  await drained;
  expect(calls).toEqual([['abc', 'def']]);
});

test('what was written before the end leaves', async () => {
  const { connection, calls } = recorded();
  connection.write('a');
  connection.end('b');
  await once(connection, 'finish');
  expect(calls.flat()).toEqual(['a', 'b']);
});

test('a connection that was destroyed in between is left alone', async () => {
  const { connection, calls } = recorded();
  connection.write('a');
  connection.destroy();
  await once(connection, 'close');
  expect(calls).toEqual([]);
});
