import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wire as postgres } from '../../../harness/effects/postgres/postgres-wire.ts';
import { wire as sqlite } from '../../../harness/effects/sqlite/ledger-wire.ts';

/** A message of a PostgreSQL server. */
function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, 0, 'latin1');
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

const complete = (tag: string): Buffer => message('C', Buffer.from(`${tag}\0`));
const ready = message('Z', Buffer.from('I'));
const line = (answer: object): Buffer => Buffer.from(`${JSON.stringify(answer)}\n`);

const wires = {
  postgres: {
    wire: postgres,
    commits: [complete('COMMIT')],
    others: [
      complete('ROLLBACK'),
      complete('BEGIN'),
      complete('INSERT 0 40'),
      complete('COMMIT PREPARED'),
      ready,
      // A row that holds the very bytes of an answered COMMIT.
      message('D', Buffer.concat([complete('COMMIT'), complete('COMMIT')])),
      message('Z', Buffer.alloc(0)),
    ],
  },
  sqlite: {
    wire: sqlite,
    commits: [line({ id: 1, is: 'applied', applied: [1, 0] })],
    others: [line({ id: 2, is: 'read', found: [1, 2, 1] }), line({ id: 3, is: 'remembered' })],
  },
};

describe.each(Object.entries(wires))(
  'answers of a ledger in %s',
  (_, { wire, commits, others }) => {
    it('are those to a COMMIT, and nothing else is', () => {
      const counted = (frames: readonly Buffer[]): readonly number[] =>
        wire
          .connection()
          .fromServer(Buffer.concat(frames))
          .map(({ sendsAnswered }) => sendsAnswered);
      expect(counted(commits)).toEqual(commits.map(() => 1));
      expect(counted(others)).toEqual(others.map(() => 0));
    });

    it('are found however the bytes are cut, and nothing is lost or changed', () => {
      const frame = fc.constantFrom(...commits, ...others);
      fc.assert(
        fc.property(fc.array(frame), fc.array(fc.nat({ max: 60 })), (frames, cuts) => {
          const bytes = Buffer.concat(frames);
          const connection = wire.connection();
          const found: Buffer[] = [];
          let answered = 0;
          for (let at = 0, i = 0; at < bytes.length; i += 1) {
            const end = at + 1 + (cuts[i % Math.max(1, cuts.length)] ?? 0);
            for (const one of connection.fromServer(bytes.subarray(at, end))) {
              found.push(Buffer.from(one.bytes));
              answered += one.sendsAnswered;
            }
            at = end;
          }
          expect(found).toEqual(frames);
          expect(answered).toBe(frames.filter((one) => commits.includes(one)).length);
        }),
      );
    });
  },
);
