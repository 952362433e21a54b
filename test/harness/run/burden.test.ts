import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { burdenOf, bytesIn } from '../../../harness/run/burden.ts';

describe('what a system asks of whoever operates it', () => {
  it('is not known of one that somebody else started', () => {
    expect(burdenOf({ access: { kind: 'external' } }, { settings: {} })).toBeNull();
  });

  it('counts what lies in its directories, however deep, and nothing of one that is gone', () => {
    const directory = mkdtempSync(join(tmpdir(), 'ackmark-burden-'));
    try {
      mkdirSync(join(directory, 'data', 'topic-0'), { recursive: true });
      writeFileSync(join(directory, 'data', 'topic-0', 'segment'), Buffer.alloc(100_000, 1));
      const bytes = bytesIn(directory);
      expect(bytes).toBeGreaterThanOrEqual(100_000);
      expect(bytes % 512).toBe(0);
      expect(bytesIn(join(directory, 'data', 'topic-1'))).toBe(0);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
