import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Checkpoint,
  type Lease,
  lineOf,
  type Said,
  type Told,
} from '../../../engines/kinesis/lease-protocol.ts';
import { LeaseLink } from '../../../engines/kinesis/lease-link.ts';
import { LeaseTable } from '../../../engines/kinesis/lease-table.ts';
import { until } from '../live-cell.ts';

/** A consumer without shards to read: it keeps what it is told, and gives up what it is asked for. */
class Reader {
  readonly leases = new Map<number, { readonly after: string | null; generation: number }>();
  readonly answers = new Map<number, readonly number[]>();
  removals = 0;
  link: LeaseLink | undefined;

  static async of(table: LeaseTable, silenceMs = 5_000): Promise<Reader> {
    const reader = new Reader();
    reader.link = await LeaseLink.open(table.address, {
      assigned: (leases: readonly Lease[], generation) => {
        for (const { shard, after } of leases) reader.leases.set(shard, { after, generation });
      },
      revoked: (shards) => {
        for (const shard of shards) reader.leases.delete(shard);
        reader.link?.gaveUp();
      },
      removed: () => {
        reader.removals += 1;
      },
      checkpointed: (ticket, refused) => reader.answers.set(ticket, refused),
      ended: () => {},
    });
    reader.link.join('group', 4, silenceMs);
    return reader;
  }

  async checkpoint(ticket: number, at: readonly Checkpoint[]): Promise<readonly number[]> {
    this.link?.checkpoint(ticket, at);
    await until(() => this.answers.has(ticket));
    return this.answers.get(ticket) ?? [];
  }

  at(shard: number, sequenceNumber: string): Checkpoint {
    return { shard, sequenceNumber, generation: this.leases.get(shard)?.generation ?? -1 };
  }

  get shards(): readonly number[] {
    return [...this.leases.keys()].toSorted((a, b) => a - b);
  }
}

/** What is said to the table by hand: nobody says that it is alive. */
class Mute {
  readonly heard: Told[] = [];
  readonly #socket: Socket;

  constructor(table: LeaseTable) {
    const [host, port] = table.address.split(':');
    this.#socket = connect(Number(port), host);
    createInterface({ input: this.#socket }).on('line', (line) => {
      this.heard.push(JSON.parse(line) as Told);
    });
  }

  say(said: Said): void {
    this.#socket.write(lineOf(said));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

describe('the table of leases', () => {
  let table: LeaseTable;
  const readers: Reader[] = [];
  const join = async (silenceMs?: number): Promise<Reader> => {
    const reader = await Reader.of(table, silenceMs);
    readers.push(reader);
    return reader;
  };
  beforeEach(async () => {
    table = await LeaseTable.open();
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.link?.destroy();
    await table.close();
  });

  test('each shard has one reader, and whoever gets it begins behind the checkpoint', async () => {
    const first = await join();
    await until(() => first.shards.length === 4);
    expect([...first.leases.values()].map(({ after }) => after)).toEqual([null, null, null, null]);
    const numbers = ['70', '71', '72', '73'];
    const all = numbers.map((number, shard) => first.at(shard, number));
    expect(await first.checkpoint(1, all)).toEqual([]);
    const second = await join();
    await until(() => second.shards.length === 2 && first.shards.length === 2);
    expect(new Set([...first.shards, ...second.shards]).size).toBe(4);
    for (const [shard, { after }] of second.leases) expect(after).toBe(`7${shard}`);
    expect(table.checkpointOf('group', 2)).toBe('72');
  });

  test('a checkpoint of a shard that another has is refused, and only that', async () => {
    const first = await join();
    await until(() => first.shards.length === 4);
    const before = [0, 1, 2, 3].map((shard) => first.at(shard, '5'));
    const second = await join();
    await until(() => second.shards.length === 2);
    const refused = await first.checkpoint(1, before);
    expect(refused).toEqual(second.shards);
    for (const shard of second.shards) expect(table.checkpointOf('group', shard)).toBeUndefined();
    for (const shard of first.shards) expect(table.checkpointOf('group', shard)).toBe('5');
  });

  test('who is gone has its shards given to the others', async () => {
    const first = await join();
    await until(() => first.shards.length === 4);
    const other = await join();
    await until(() => other.shards.length === 2);
    first.link?.destroy();
    await until(() => other.shards.length === 4);
  });

  test('so has who is silent for too long, though its connection stays', async () => {
    const silent = new Mute(table);
    silent.say({ say: 'join', group: 'group', shards: 4, silenceMs: 300 });
    await until(() => silent.heard.length > 0);
    const leases = [0, 1, 2, 3].map((shard) => ({ shard, after: null }));
    expect(silent.heard[0]).toMatchObject({ tell: 'assign', leases });
    const other = await join();
    await until(() => other.shards.length === 4);
    const at = [{ shard: 0, generation: 1, sequenceNumber: '1' }];
    silent.say({ say: 'checkpoint', ticket: 9, at });
    const answer = { tell: 'checkpointed', ticket: 9, refused: [0] };
    await until(() => silent.heard.some(({ tell }) => tell === answer.tell));
    expect(silent.heard.at(-1)).toEqual(answer);
    expect(silent.heard).toContainEqual({ tell: 'removed' });
    expect(other.removals).toBe(0);
    silent.destroy();
  });

  test('a standstill of the table’s own thread is nobody’s silence', async () => {
    const readers = [await join(300), await join(300)] as const;
    await until(() => readers.every(({ shards }) => shards.length === 2));
    const end = performance.now() + 800;
    while (performance.now() < end);
    for (const reader of readers) {
      const of = reader.at(reader.shards[0] ?? -1, '1');
      expect(await reader.checkpoint(1, [of])).toEqual([]);
      expect(reader.removals).toBe(0);
    }
  });

  test('a connection that is reset takes nobody else with it, at either end', async () => {
    const reader = await join();
    await until(() => reader.shards.length === 4);
    const [host, port] = table.address.split(':');
    const socket = connect(Number(port), host);
    socket.write(lineOf({ say: 'join', group: 'group', shards: 4, silenceMs: 5_000 }));
    await until(() => reader.shards.length === 2);
    socket.resetAndDestroy();
    await until(() => reader.shards.length === 4);
    expect(await reader.checkpoint(1, [reader.at(3, '9')])).toEqual([]);
    const resetting = createServer((accepted) => {
      accepted.once('data', () => accepted.resetAndDestroy());
    });
    await new Promise<void>((resolve) => resetting.listen(0, '127.0.0.1', resolve));
    const bound = resetting.address();
    const ends: Error[] = [];
    const link = await LeaseLink.open(`127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`, {
      assigned: () => {},
      revoked: () => {},
      removed: () => {},
      checkpointed: () => {},
      ended: (error) => ends.push(error),
    });
    link.join('group', 4, 5_000);
    await until(() => ends.length > 0);
    expect(ends).toHaveLength(1);
    resetting.close();
  });

  test('whoever speaks otherwise is sent away, and nobody else notices', async () => {
    const reader = await join();
    await until(() => reader.shards.length === 4);
    const [host, port] = table.address.split(':');
    const socket = connect(Number(port), host);
    socket.write('GET / HTTP/1.1\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(await reader.checkpoint(1, [reader.at(0, '9')])).toEqual([]);
  });
});
