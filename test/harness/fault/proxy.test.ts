import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Worker } from 'node:worker_threads';
import { clockFrom } from '../../../harness/core/clock.ts';
import { didBite } from '../../../harness/fault/evidence.ts';
import { type FaultProxy, openProxies, type ProxyGroup } from '../../../harness/fault/proxy.ts';
import { TinyBroker, TinyClient } from './tiny-broker.ts';
import { answer, request } from './tiny-wire.ts';

const tinyWire = new URL('./tiny-wire.ts', import.meta.url);
const patient = { everyMs: 0, timeoutMs: 20_000 };

let broker: TinyBroker;
let group: ProxyGroup;
let proxy: FaultProxy;

async function open(wire: URL | undefined): Promise<void> {
  group = await openProxies(1, wire);
  const [first] = group.proxies;
  if (first === undefined) throw new Error('no proxy');
  proxy = first;
  await proxy.forwardTo(broker.endpoint);
}

beforeEach(async () => {
  broker = await TinyBroker.start();
  await open(tinyWire);
});

afterEach(async () => {
  await group.close();
  await broker.stop();
});

/** Sends `total` messages one after another, each again on a new connection until it is answered. */
async function sendAll(total: number): Promise<number> {
  let resets = 0;
  for (let id = 0; id < total; ) {
    const client = new TinyClient(proxy.endpoint);
    let answered = 0;
    while (id < total && (await client.exchange(request(id, 'send'), (answered + 1) * 8))) {
      answered += 1;
      id += 1;
    }
    if (id < total) {
      resets += 1;
      expect(await client.receivedUntilCut()).toMatchObject({ end: 'reset' });
    }
    client.socket.destroy();
  }
  return resets;
}

/** The figure once it no longer moves. */
async function standstill(figure: () => Promise<number>): Promise<number> {
  let last = Number.NaN;
  for (let now = await figure(); now !== last; now = await figure()) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return last;
}

describe('the proxy without a fault', () => {
  it('passes large messages both ways, whole and in order, past slow readers', async () => {
    const payload = randomBytes(3_000_000);
    const client = new TinyClient(proxy.endpoint);
    client.socket.pause();
    const sent = [request(1, 'send', payload), request(2, 'other'), request(3, 'send', payload)];
    client.socket.end(Buffer.concat(sent));
    await new Promise((resolve) => client.socket.once('finish', resolve));
    client.socket.resume();
    const { bytes, end } = await client.received;
    expect(end).toBe('end');
    expect(bytes.equals(Buffer.concat([answer(1, payload), answer(2), answer(3, payload)]))).toBe(
      true,
    );
    expect(Buffer.concat(broker.requests).equals(Buffer.concat(sent))).toBe(true);
    expect(await proxy.traffic()).toMatchObject({
      connectionsOpened: 1,
      bytesForwarded: Buffer.concat(sent).length,
      bytesReturned: bytes.length,
    });
  });

  it('takes no more from a sender than the other side reads', async () => {
    const paused = Promise.withResolvers<Socket>();
    broker.respond = (socket) => {
      socket.pause();
      paused.resolve(socket);
    };
    const client = new TinyClient(proxy.endpoint);
    client.socket.write(request(1, 'other'));
    const socket = await paused.promise;
    const flood = Buffer.concat(Array(1_000).fill(request(2, 'other', Buffer.alloc(64_000))));
    client.socket.end(flood);
    const stalled = await standstill(async () => (await proxy.traffic()).bytesForwarded);
    expect(stalled).toBeLessThan(flood.length / 2);
    broker.respond = () => {};
    socket.resume();
    socket.once('end', () => socket.end());
    expect(await client.received).toMatchObject({ end: 'end' });
    expect((await proxy.traffic()).bytesForwarded).toBe(flood.length + 9);
  });

  it('passes an end on as an end, and what still comes the other way', async () => {
    const client = new TinyClient(proxy.endpoint);
    client.socket.end(request(1, 'other', Buffer.from('last')));
    expect(await client.received).toEqual({ bytes: answer(1, Buffer.from('last')), end: 'end' });
  });

  it('passes a reset by the broker on as a reset', async () => {
    broker.respond = (socket) => socket.resetAndDestroy();
    const client = new TinyClient(proxy.endpoint);
    client.socket.write(request(1, 'other'));
    expect(await client.receivedUntilCut()).toMatchObject({ end: 'reset' });
  });

  it('resets connections before it knows the broker, and while nobody listens there', async () => {
    const lonely = await openProxies(1);
    try {
      const [first] = lonely.proxies;
      if (first === undefined) throw new Error('no proxy');
      expect(await new TinyClient(first.endpoint).receivedUntilCut()).toMatchObject({
        end: 'reset',
      });
      const gone = await TinyBroker.start();
      await gone.stop();
      await first.forwardTo(gone.endpoint);
      expect(await new TinyClient(first.endpoint).receivedUntilCut()).toMatchObject({
        end: 'reset',
      });
    } finally {
      await lonely.close();
    }
  });

  it('cuts every connection on demand and counts them', async () => {
    const clients = [new TinyClient(proxy.endpoint), new TinyClient(proxy.endpoint)];
    for (const client of clients) await client.exchange(request(1, 'other'), 8);
    expect(await proxy.cutAll()).toEqual({ connectionsCut: 2 });
    for (const client of clients)
      expect(await client.receivedUntilCut()).toMatchObject({ end: 'reset' });
    expect(await group.cutAll()).toEqual({ connectionsCut: 0 });
  });

  it('measures what it adds to a round trip', async () => {
    const clock = clockFrom(() => process.hrtime.bigint(), 0n);
    const added = await group.measureAddedLatency(clock);
    expect(added.rounds).toBe(500);
    expect(added.addedMedianNs).toBe(added.proxiedMedianNs - added.directMedianNs);
    expect(added.directMedianNs).toBeGreaterThan(0);
  });
});

describe('a lost response', () => {
  it.each([1, 3, 7])('happens exactly %i times, each to a send that was applied', async (times) => {
    const evidence = proxy.loseResponses({ times, ...patient });
    const resets = await sendAll(20);
    expect(resets).toBe(times);
    expect(broker.requests).toHaveLength(20 + times);
    expect(await evidence).toEqual({
      asked: times,
      responsesSwallowed: times,
      responsesLostBehind: 0,
      sendsAnswered: times,
      bytesForwarded: expect.any(Number),
      connectionsCut: times,
    });
    expect(didBite({ kind: 'lose-response', ...(await evidence) })).toBe(true);
    expect(await sendAll(3)).toBe(0);
  });

  it('lets what came before it through, and nothing that comes behind it', async () => {
    broker.respond = (socket: Socket, last) => {
      if (last.readUInt32BE(4) !== 5) return;
      socket.write(Buffer.concat([1, 2, 3, 4, 5].map((id) => answer(id))));
    };
    const evidence = proxy.loseResponses({ times: 1, ...patient });
    const client = new TinyClient(proxy.endpoint);
    const sent = Buffer.concat([
      request(1, 'other'),
      request(2, 'other'),
      request(3, 'send'),
      request(4, 'other'),
      request(5, 'send'),
    ]);
    client.socket.write(sent);
    const { bytes, end } = await client.receivedUntilCut();
    expect(end).toBe('reset');
    expect(bytes.equals(Buffer.concat([answer(1), answer(2)]))).toBe(true);
    expect(await evidence).toEqual({
      asked: 1,
      responsesSwallowed: 1,
      responsesLostBehind: 1,
      sendsAnswered: 2,
      bytesForwarded: sent.length,
      connectionsCut: 1,
    });
  });

  it('knows sends that were asked before it was armed', async () => {
    const waiting = Promise.withResolvers<Socket>();
    broker.respond = (socket) => waiting.resolve(socket);
    const client = new TinyClient(proxy.endpoint);
    client.socket.write(request(1, 'send'));
    const socket = await waiting.promise;
    const evidence = proxy.loseResponses({ times: 1, ...patient });
    await proxy.traffic();
    socket.write(answer(1));
    expect(await client.receivedUntilCut()).toMatchObject({ end: 'reset', bytes: Buffer.alloc(0) });
    expect(await evidence).toMatchObject({ responsesSwallowed: 1 });
  });

  it('that finds no answer to a send leaves no evidence', async () => {
    const evidence = proxy.loseResponses({ times: 1, everyMs: 0, timeoutMs: 300 });
    const client = new TinyClient(proxy.endpoint);
    expect(await client.exchange(request(1, 'other'), 8)).toBe(true);
    client.socket.destroy();
    expect(await evidence).toMatchObject({ asked: 1, responsesSwallowed: 0, connectionsCut: 0 });
    expect(didBite({ kind: 'lose-response', ...(await evidence) })).toBe(false);
  });

  it('waits between one and the next, and ends when it is told to', async () => {
    const stop = new AbortController();
    const fault = { times: 2, everyMs: 1_000_000, timeoutMs: 20_000, signal: stop.signal };
    const evidence = group.loseResponses(fault);
    expect(await sendAll(10)).toBe(1);
    stop.abort();
    expect(await evidence).toMatchObject({ asked: 2, responsesSwallowed: 1, connectionsCut: 1 });
    expect(didBite({ kind: 'lose-response', ...(await evidence) })).toBe(false);
  });

  it('is refused where no wire module tells the answers', async () => {
    await group.close();
    await open(undefined);
    await expect(proxy.loseResponses({ times: 1, ...patient })).rejects.toMatchObject({
      code: 'BAD_ENGINE',
    });
  });

  it.each([
    ['throws', 'throw new Error("confused")'],
    ['returns bytes twice', 'return [{ bytes: Buffer.concat([c, c]), sendsAnswered: 0 }]'],
  ])('proves nothing when the wire module %s, and every byte still passes', async (_, body) => {
    await group.close();
    const code = `export const wire = { connection: () => ({ fromClient() {}, fromServer(c) { ${body} } }) }`;
    await open(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const evidence = proxy.loseResponses({ times: 1, everyMs: 0, timeoutMs: 300 });
    evidence.catch(() => {});
    const client = new TinyClient(proxy.endpoint);
    client.socket.end(request(1, 'send'));
    expect(await client.received).toEqual({ bytes: answer(1), end: 'end' });
    await expect(evidence).rejects.toMatchObject({ code: 'ENGINE_BROKE_CONTRACT' });
  });

  it.each(['data:text/javascript,', 'file:///nowhere/wire.ts'])(
    'cannot be prepared with the module %s',
    async (url) => {
      await expect(openProxies(1, new URL(url))).rejects.toMatchObject({ code: 'BAD_ENGINE' });
    },
  );
});

describe('a client whose worker is terminated', () => {
  const threeRequests = 3 * 9;

  async function connectedWorker(): Promise<Worker> {
    const worker = new Worker(new URL('./polite-client.worker.ts', import.meta.url), {
      workerData: proxy.endpoint,
    });
    await new Promise((resolve) => worker.once('message', resolve));
    return worker;
  }

  it('ends its connection without another byte', async () => {
    const worker = await connectedWorker();
    await worker.terminate();
    const [connection] = broker.connections;
    await connection?.ended;
    expect(connection?.bytes).toBe(threeRequests);
    expect((await proxy.traffic()).bytesForwarded).toBe(threeRequests);
  });

  it('would have said goodbye when leaving in good order', async () => {
    const worker = await connectedWorker();
    worker.postMessage('leave');
    const [connection] = broker.connections;
    await connection?.ended;
    expect(connection?.bytes).toBe(threeRequests + 16);
  });
});
