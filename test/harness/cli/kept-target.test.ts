import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  keptFile,
  keptLog,
  keptName,
  readKept,
  writeKept,
} from '../../../harness/cli/kept-target.ts';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

const target = { pid: process.pid, title: 'a log', address: '127.0.0.1:4000' };

function refusing(code: string) {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

describe('a target that is kept running', () => {
  it.each([
    'log',
    'log@acks-all',
    './engine.ts',
    '/anywhere/engine.ts',
    '../../x',
    '..',
    'C:\\x\0',
  ])('is kept in the one directory of the cache under the reference %j', (engine) => {
    const host = fakeHost([]);
    writeKept(host, engine, target);
    const directory = join(host.directory, 'cache', 'up');
    expect(dirname(keptFile(host, engine))).toBe(directory);
    expect(dirname(keptLog(host, engine))).toBe(directory);
    expect(readdirSync(directory)).toHaveLength(1);
    expect(readKept(host, engine)).toMatchObject(target);
  });

  it('is not that of another module of the same file name', () => {
    const host = fakeHost([]);
    writeKept(host, './a/engine.ts', target);
    expect(readKept(host, './b/engine.ts')).toBeUndefined();
    expect(readKept(host, join(host.directory, 'a/engine.ts'))).toMatchObject(target);
  });

  it('of one kind runs beside that of another kind of the same engine', async () => {
    const host = fakeHost(['down', 'rabbitmq', '--target', 'debian-sid']);
    writeKept(host, keptName({ engine: 'rabbitmq', target: undefined }), target);
    expect(await main(host)).toBe(0);
    expect(host.out()).toBe('rabbitmq@debian-sid is not running\n');
    expect(readKept(host, 'rabbitmq')).toMatchObject(target);
  });

  it('is asked about by a name that is misspelt: what was meant goes on', async () => {
    const host = fakeHost(['down', 'rabitmq']);
    expect(await main(host)).toBe(64);
    expect(host.out()).toBe('');
    expect(host.err()).toContain('no engine is called "rabitmq"; did you mean rabbitmq?');
  });

  it('makes no directory for a question', () => {
    const host = fakeHost([]);
    expect(readKept(host, 'log')).toBeUndefined();
    expect(readdirSync(host.directory)).toEqual([]);
  });

  it.each(['', '{"pid":', '[]', '{"pid":-1}'])(
    'is none, and forgotten, when its file holds %j',
    async (text) => {
      const host = fakeHost(['down', 'log']);
      mkdirSync(dirname(keptFile(host, 'log')), { recursive: true });
      writeFileSync(keptFile(host, 'log'), text);
      expect(await main(host)).toBe(0);
      expect(host.out()).toBe('log is not running\n');
      expect(readdirSync(dirname(keptFile(host, 'log')))).toEqual([]);
    },
  );

  it('is gone with its keeper, and so is its file', () => {
    const host = fakeHost([], { kill: refusing('ESRCH') });
    writeKept(host, 'log', target);
    expect(readKept(host, 'log')).toBeUndefined();
    expect(readdirSync(dirname(keptFile(host, 'log')))).toEqual([]);
  });

  it('is there when its keeper is another user’s, and `down` says who can stop it', async () => {
    const host = fakeHost(['down', 'log'], { kill: refusing('EPERM') });
    writeKept(host, 'log', target);
    expect(readKept(host, 'log')).toMatchObject(target);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('a log cannot be stopped by this user');
    expect(host.err()).toContain(`End process ${process.pid} as the user that started it`);
  });

  it.runIf(process.platform === 'linux')('is not another process with the id of its keeper', () => {
    const host = fakeHost([]);
    writeKept(host, 'log', target);
    const kept = { ...target, born: '1' };
    writeFileSync(keptFile(host, 'log'), JSON.stringify(kept));
    expect(readKept(host, 'log')).toBeUndefined();
  });
});

describe('the port that `up` is asked for', () => {
  it.each(['99999999', '0', '-1', '1.5', 'any'])('is refused when it is %s', async (port) => {
    const host = fakeHost(['up', 'log', `--port=${port}`]);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('--port must be a whole number from 1 to 65535');
  });

  it('is not passed over when the target runs on another one', async () => {
    const host = fakeHost(['up', 'log', '--port', '5000']);
    writeKept(host, 'log', target);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('already running at 127.0.0.1:4000, not on port 5000');
    expect(host.err()).toContain('ackmark down log');
  });

  it('is fine when the target runs on it already', async () => {
    const host = fakeHost(['up', 'log', '--port', '4000']);
    writeKept(host, 'log', target);
    expect(await main(host)).toBe(0);
    expect(host.out()).toContain('a log already running: 127.0.0.1:4000');
  });
});
