import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../../harness/cli/main.ts';
import { runRecord } from '../../harness/record/schema.ts';
import { createPortSource } from '../../harness/provision/ports.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';

const engine = fileURLToPath(new URL('./never-ready/engine.ts', import.meta.url));

describe('a target that cannot be had', () => {
  it('ends the run with 69 when its broker never becomes ready, showing its log', async () => {
    const host = fakeHost(['run', '--engine', engine, '--scenario', 'steady', '--no-controls']);
    expect(await main(host)).toBe(69);
    expect(host.err() + host.out()).toContain('waiting for a disk that is not there');
  });

  it('leaves `latest` with the run that judged something, tells the cause once, and the fix', async () => {
    const host = fakeHost(['run', '--engine', engine, '--scenario', 'steady']);
    const before = join(host.directory, 'runs', 'before');
    mkdirSync(before, { recursive: true });
    symlinkSync('before', join(host.directory, 'runs', 'latest'));
    expect(await main(host)).toBe(69);
    expect(readlinkSync(join(host.directory, 'runs', 'latest'))).toBe('before');
    expect(host.err()).toContain('no cell was judged: `latest` stays as it was');
    expect(host.out().match(/waiting for a disk/g)).toHaveLength(1);
    expect(host.out()).toMatch(/^ {2}fix: /m);
    expect(host.out()).not.toContain('not priced');
  });

  it('costs the run no other cell: they are judged and kept, and the fix can be typed as it is told', async () => {
    const line = `run --engine ${engine},log@acks-1 --scenario consumer-crash --messages 6k`;
    const host = fakeHost([...line.split(' '), '--no-controls', '--quiet'], {
      program: 'node ackmark.ts',
    });
    expect(await main(host)).toBe(69);
    const directory = join(host.directory, 'runs', 'latest');
    const record = runRecord.parse(JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')));
    expect(record.cells.map(({ id, status }) => [id.split('/')[0], status])).toEqual([
      ['never-ready@sound', 'error'],
      ['log@acks-1', 'judged'],
    ]);
    expect(record.outcome.reason).toContain('failed with TARGET_NOT_READY');
    expect(existsSync(join(directory, 'report.html'))).toBe(true);
    const again = fakeHost(['check', directory], { directory: host.directory });
    expect(await main(again)).toBe(69);
    expect(host.out()).toMatch(/log@acks-1 +[✓~○?]/);
    expect(host.out()).toContain('the end of its log: waiting for a disk that is not there');
    expect(host.out()).toContain('`node ackmark.ts doctor` says what this machine lacks');
  });

  it('names the port that is busy and the way out', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await expect(createPortSource({ first: port, from: 1 })()).rejects.toMatchObject({
      code: 'PORT_BUSY',
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining('--port'),
    });
    server.close();
  });

  it('hands out the port that was asked for, and others after it', async () => {
    const free = await createPortSource({ from: process.pid })();
    const source = createPortSource({ first: free, from: 1 });
    expect(await source()).toBe(free);
    expect(await source()).not.toBe(free);
  });
});
