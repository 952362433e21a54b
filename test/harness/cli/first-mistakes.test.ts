import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

describe('a first mistake is told in one sentence that helps', () => {
  it('says of a file that is no module what an engine is, not how to run it', async () => {
    const host = fakeHost(['run', '--engine', './README.md']);
    writeFileSync(join(host.directory, 'README.md'), '# Not a module');
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('is no module');
    expect(host.err()).toContain('default export is an engine');
    expect(host.err()).not.toContain('node ');
  });

  it('says of an empty history nothing but that, and does not list a bad line that is the reason already', async () => {
    const empty = fakeHost(['check', 'empty.ndjson', '--level', 'at-least-once']);
    writeFileSync(join(empty.directory, 'empty.ndjson'), '');
    expect(await main(empty)).toBe(2);
    expect(empty.out()).toMatch(/! inconclusive \S+: empty\.ndjson is empty\n/);
    const bad = fakeHost(['check', 'bad.ndjson', '--level', 'at-least-once']);
    writeFileSync(
      join(bad.directory, 'bad.ndjson'),
      '{"kind":"history","version":1}\n{"kind":"sned","timeMs":1,"actor":"p","lane":1,"seq":0}\n',
    );
    expect(await main(bad)).toBe(2);
    expect(bad.out()).toContain('the first bad.ndjson:2: there is no kind "sned"');
    expect(bad.err()).toBe('');
  });
});
