import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openAccess } from '../../../engines/redis/address.ts';
import { Link } from '../../../engines/redis/link.ts';
import { openPrimary } from '../../../engines/redis/primary.ts';
import { describeError } from '../../../harness/core/errors.ts';
import { until } from '../live-cell.ts';

const servers: Server[] = [];
const accepted: Socket[] = [];
afterEach(() => {
  for (const socket of accepted.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Accepts whoever comes, and answers only what `answer` knows. */
async function serverThat(answer: (command: string) => string): Promise<number> {
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('data', (bytes) => socket.write(answer(bytes.toString())));
    socket.on('error', () => undefined);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const saysNothing = (): string => '';

/** The answers to one write, which may hold several commands. */
function isPrimary(commands: string): string {
  return [
    commands.includes('SETNAME') ? '+OK\r\n' : '',
    commands.includes('ROLE') ? '*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n' : '',
    commands.includes('PING') ? '+PONG\r\n' : '',
  ].join('');
}

describe('opening a link to a server that accepts and says nothing', () => {
  it.each([openAccess, { ...openAccess, login: { username: 'u', password: 'p' } }])(
    'ends in time, with %j',
    async (access) => {
      const port = await serverThat(saysNothing);
      const spec = { name: 'patient', answerTimeoutMs: 200 };
      const error = await Link.open({ host: '127.0.0.1', port }, access, spec).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'CONNECT_FAILED' });
      expect(describeError(error)).toMatch(/did not answer in time$/);
      expect(accepted).toHaveLength(1);
      await until(() => accepted.every(({ destroyed }) => destroyed));
    },
  );

  it('ends when nobody waits for it any more', async () => {
    const port = await serverThat(saysNothing);
    const stop = new AbortController();
    const opening = Link.open({ host: '127.0.0.1', port }, openAccess, {
      name: 'impatient',
      answerTimeoutMs: 3_600_000,
      signal: stop.signal,
    }).catch((thrown: unknown) => thrown);
    await until(() => accepted.length === 1);
    stop.abort();
    expect(describeError(await opening)).toMatch(/nobody waits/);
    await until(() => accepted.every(({ destroyed }) => destroyed));
  });

  it('leaves the primary to be found behind it', async () => {
    const silent = await serverThat(saysNothing);
    const leading = await serverThat(isPrimary);
    const target = {
      kind: 'external' as const,
      title: 'two servers',
      address: `127.0.0.1:${silent},127.0.0.1:${leading}`,
      nodes: 2,
      settings: {},
    };
    const { link } = await openPrimary(target, { name: 'asks both', answerTimeoutMs: 200 });
    expect(link.isOpen).toBe(true);
    expect(accepted).toHaveLength(2);
    link.end(new Error('the test is over'));
  });
});
