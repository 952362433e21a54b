import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lives } from '../../../../engines/embedded/host/cluster/lives.ts';

describe('what a node remembers of its starts', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-lives-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const start = (boot: string, syncsFirst = false) => new Lives(directory, boot).begin(syncsFirst);

  it('counts them', () => {
    expect(start('a')).toEqual({ incarnation: 1, mayLack: false });
    expect(start('a')).toEqual({ incarnation: 2, mayLack: false });
  });

  it('suspects a start after another boot, until it is told that all is there again', () => {
    start('a');
    expect(start('b').mayLack).toBe(true);
    const again = start('b');
    expect(again).toEqual({ incarnation: 3, mayLack: true });
    new Lives(directory, 'b').write({ ...again, mayLack: false });
    expect(start('b')).toEqual({ incarnation: 4, mayLack: false });
  });

  it('suspects no start of a node that acknowledges nothing unsynced', () => {
    start('a', true);
    expect(start('b', true).mayLack).toBe(false);
  });

  it('suspects every start where nobody knows the boot', () => {
    start('');
    expect(start('').mayLack).toBe(true);
  });

  it('suspects the start after a power loss that was played', () => {
    start('a');
    new Lives(directory, '').powerLost();
    expect(start('a')).toEqual({ incarnation: 2, mayLack: true });
  });
});
