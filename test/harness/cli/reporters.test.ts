import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkModules } from '../../../harness/check/catalog.ts';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

const lines = (checkModules.find(({ id }) => id === 'D1')?.example ?? []).join('\n');

async function checked(...argv: readonly string[]) {
  const host = fakeHost(['check', 'h.ndjson', ...argv]);
  writeFileSync(join(host.directory, 'h.ndjson'), `${lines}\n`);
  const exitCode = await main(host);
  return { exitCode, out: host.out(), err: host.err(), directory: host.directory };
}

describe('the reports that are asked for', () => {
  it('are written to a file whose name has an equals sign', async () => {
    const { exitCode, err, directory } = await checked('--reporter', 'html=a=b.html');
    expect(err).toBe('');
    expect(exitCode).toBe(0);
    expect(readFileSync(join(directory, 'a=b.html'), 'utf8')).toContain('<html');
    expect(existsSync(join(directory, 'a'))).toBe(false);
  });

  it('are all made: JSON on stdout, the others in their files', async () => {
    const { out, directory } = await checked(
      '--json',
      '--reporter',
      'html=x.html',
      '--reporter',
      'terminal=x.txt',
    );
    expect(JSON.parse(out)).toMatchObject({ outcome: { exitCode: 0 } });
    expect(readFileSync(join(directory, 'x.html'), 'utf8')).toContain('<html');
    expect(readFileSync(join(directory, 'x.txt'), 'utf8')).toContain('D1');
  });

  it.each(['terminal', 'json', 'html'])(
    'are refused where --json and the %s report both want stdout',
    async (reporter) => {
      const { exitCode, out, err } = await checked('--json', '--reporter', reporter);
      expect(exitCode).toBe(64);
      expect(out).toBe('');
      expect(err).toContain(`--reporter ${reporter} would write there too`);
      expect(err).toContain(`fix: Give it a file, such as --reporter ${reporter}=`);
    },
  );

  it('are refused where no file is named after the equals sign', async () => {
    const { exitCode, err } = await checked('--reporter', 'html=');
    expect(exitCode).toBe(64);
    expect(err).toContain('--reporter html= names no file');
  });

  it('are made of a kept run in the same way', async () => {
    const { out, directory } = await checked('--json');
    writeFileSync(join(directory, 'run.json'), out);
    const again = fakeHost(['report', 'run.json', '--json', '--reporter', 'terminal=r.txt'], {
      directory,
    });
    expect(await main(again)).toBe(0);
    expect(JSON.parse(again.out())).toEqual(JSON.parse(out));
    expect(readFileSync(join(directory, 'r.txt'), 'utf8')).toContain('D1');
  });
});
