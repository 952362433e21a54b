import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRuntime, readStats } from '../../../engines/pulsar/admin-answers.ts';
import { configurationOf } from '../../../engines/pulsar/configuration.ts';
import { restartStormIn } from '../../../engines/pulsar/restart-storm.ts';

describe('the admin API', () => {
  test('tells the backlog of a subscription, or that there is none', () => {
    const json =
      '{"msgInCounter":7,"subscriptions":{"s":{"msgBacklog":5,"unackedMessages":2,"type":"Shared"}}}';
    expect(readStats(json, 's')).toEqual({ backlog: 5, unacknowledged: 2 });
    expect(readStats(json, 'other')).toBeUndefined();
  });

  test.each(['', '{}', '[]', '{"subscriptions":{"s":{"msgBacklog":-1,"unackedMessages":0}}}'])(
    'is not believed when it says %j',
    (json) => {
      expect(() => readStats(json, 's')).toThrow(/as 4.0 does/);
    },
  );

  test('tells the configuration by its own names', () => {
    expect(readRuntime('{"a":"1"}').get('a')).toBe('1');
    expect(() => readRuntime('{"a":1}')).toThrow(/as 4.0 does/);
  });
});

describe('the configuration', () => {
  test('says its own behind what is shipped, whose last line has no end', () => {
    const lines = configurationOf('journalSyncData=false\nlast=shipped', { broker: 1, admin: 2 });
    expect(lines).toMatch(/^last=shipped$/m);
    expect(lines).toMatch(/^brokerServicePort=1\nwebServicePort=2$/m);
    expect(lines.lastIndexOf('journalSyncData=true')).toBeGreaterThan(
      lines.lastIndexOf('journalSyncData=false'),
    );
  });
});

describe('the storm after a restart', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-storm-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function told(times: number): Promise<string | undefined> {
    const log = join(directory, `${times}.log`);
    const line = 'INFO ResourceLockImpl - Successfully re-acquired lock at /ledgers/available/b\n';
    writeFileSync(log, `starting\n${line.repeat(times)}ready\n`);
    return restartStormIn(log);
  }

  test('is none where the bookie registers anew a few times', async () => {
    expect(await told(0)).toBeUndefined();
    expect(await told(49)).toBeUndefined();
  });

  test('is told with its number where it goes on', async () => {
    expect(await told(50)).toMatch(/50 times/);
    expect(await told(45_062)).toMatch(/registration .* 45062 times/);
  });
});
