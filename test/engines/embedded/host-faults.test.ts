import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import broker from '../../../engines/broker/engine.ts';
import { beginRequest, sealRequest } from '../../../engines/embedded/protocol/frame.ts';
import {
  Api,
  type BrokerKind,
  protocolVersion,
  writeHello,
} from '../../../engines/embedded/protocol/protocol.ts';
import type { Deployed } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import queue from '../../../engines/queue/engine.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import { Cell } from './actor.ts';
import { BrokerChild, type BrokerChildOptions } from './broker-child.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const cellOf: Readonly<Record<BrokerKind, () => Hands>> = {
  log: () => new Hands(new Cell(log, 'acks-1')),
  queue: () => new Hands(new Cell(queue, 'lease')),
  broker: () => new Hands(new Cell(broker, 'manual-ack')),
};

/** A cell of any engine, at a broker that comes and goes. */
class Hands {
  readonly cell: Pick<Cell<unknown>, 'outcomes' | 'deploy' | 'sender' | 'receive' | 'close'>;
  readonly bodies = new Map<number, string>();
  #deployed: Deployed | undefined;

  constructor(cell: Hands['cell']) {
    this.cell = cell;
    undo.push(() => cell.close());
  }

  async send(at: BrokerChild, bodies: readonly string[]): Promise<void> {
    this.#deployed ??= await this.cell.deploy(at.target);
    const sender = await this.cell.sender(at.target, this.#deployed);
    for (const body of bodies) {
      const [ticket = 0] = sender.send([body]);
      this.bodies.set(ticket, body);
      await sender.flush();
    }
  }

  with(outcome: string): readonly string[] {
    const tickets = [...this.cell.outcomes].filter(([, settled]) => settled.outcome === outcome);
    return tickets.map(([ticket]) => this.bodies.get(ticket) ?? '').toSorted();
  }

  /** Everything that is there, once a last message has come. */
  async everything(at: BrokerChild): Promise<readonly string[]> {
    await this.send(at, ['the end']);
    const deployed = this.#deployed ?? (await this.cell.deploy(at.target));
    const got = await this.cell.receive(at.target, deployed, (all) => all.includes('the end'));
    return got.map(({ body }) => body.toString()).toSorted();
  }
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'ackmark-faults-'));
  undo.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(options: BrokerChildOptions): Promise<BrokerChild> {
  const child = await BrokerChild.start(options);
  undo.push(() => child.kill());
  return child;
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, at) => `m${at}`);

describe.each(['log', 'queue', 'broker'] as const)('the %s process', (kind) => {
  test.runIf(process.platform === 'linux')(
    'on a full disk refuses for certain what it cannot store, goes on when there is room, and has all else',
    async () => {
      const data = directory();
      const full = await start({ kind, data, fileBytesMost: 32 * 1024 });
      const hands = cellOf[kind]();
      await hands.send(
        full,
        texts(60).map((text) => text.padEnd(1024, '.')),
      );
      expect(hands.with('ok').length).toBeGreaterThan(20);
      expect(hands.with('fail').length).toBeGreaterThan(20);
      expect(hands.with('unknown')).toEqual([]);
      expect(full.output).toMatch(/^refused a request: the journal cannot be written \(.*EFBIG/m);
      expect(full.isRunning).toBe(true);
      execFileSync('prlimit', ['--pid', `${full.pid}`, '--fsize=unlimited:']);
      await hands.send(full, ['there is room']);
      await full.kill();
      const again = await start({ kind, data });
      expect(again.output).not.toContain('torn');
      const got = await hands.everything(again);
      expect(got).toEqual(hands.with('ok'));
      expect(got).toContain('there is room');
    },
  );

  test('does not start on bits that flipped in the middle, however often, and changes nothing', async () => {
    const data = directory();
    const first = await start({ kind, data });
    const hands = cellOf[kind]();
    await hands.send(first, texts(20));
    await first.kill();
    const path = join(data, readdirSync(data).find((name) => name.endsWith('.journal')) ?? '');
    const bytes = readFileSync(path);
    const middle = bytes.length >>> 1;
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(middle) ^ 4, middle);
    writeFileSync(path, flipped);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const refused = await start({ kind, data });
      expect(await refused.ended).toBe(1);
      expect(refused.output).toMatch(
        /^the broker cannot start: journal segment 0 is damaged, and an intact record follows/m,
      );
      expect(readFileSync(path).equals(flipped)).toBe(true);
    }
    writeFileSync(path, bytes);
    expect(await hands.everything(await start({ kind, data }))).toEqual(hands.with('ok'));
    expect(hands.with('ok')).toHaveLength(21);
  });

  test('refuses a directory that another one uses, which goes on', async () => {
    const data = directory();
    const first = await start({ kind, data });
    const hands = cellOf[kind]();
    await hands.send(first, texts(5));
    const second = await start({ kind, data });
    expect(await second.ended).toBe(1);
    expect(second.output).toContain(`${data} is in use by process ${first.pid}`);
    await hands.send(first, ['after']);
    expect(await hands.everything(first)).toEqual(hands.with('ok'));
    expect(hands.with('ok')).toHaveLength(7);
    await first.kill();
    expect((await start({ kind, data })).isRunning).toBe(true);
  });

  test('cuts off a client that speaks garbage, says so, and serves the others', async () => {
    const child = await start({ kind, data: directory() });
    const hands = cellOf[kind]();
    await hands.send(child, texts(5));
    const spoken = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('7fffffff000100000001', 'hex'),
      Buffer.from('00000006000a00000001', 'hex'),
      ...gibberish(60),
    ];
    await Promise.all(spoken.map((garbage) => speak(child.port, garbage)));
    expect(child.isRunning).toBe(true);
    const cut = child.output.match(/^closed the connection from 127\.0\.0\.1:\d+: .+$/gm) ?? [];
    expect(cut.length).toBeGreaterThan(20);
    expect(await hands.everything(child)).toEqual(hands.with('ok'));
    expect(hands.with('ok')).toHaveLength(6);
  });
});

/** Greetings, each followed by a frame that nobody would send. */
function gibberish(count: number): readonly Buffer[] {
  const random = randomFrom(7);
  const apis = Object.values(Api);
  return Array.from({ length: count }, () => {
    const hello = { version: protocolVersion, client: 'nobody' };
    const greeting = sealRequest(writeHello(beginRequest(Api.hello), hello));
    const request = beginRequest(apis[random.below(apis.length)] ?? 0);
    for (let left = random.below(40); left > 0; left -= 1) request.u8(random.below(256));
    return Buffer.concat([greeting, sealRequest(request)]);
  });
}

/** Until it is cut off; a request that could be read is answered, and then the client leaves. */
function speak(port: number, garbage: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write(garbage));
    socket.on('data', () => {
      setTimeout(() => socket.destroy(), 500);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}
