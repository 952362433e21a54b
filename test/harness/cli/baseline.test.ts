import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { timedRounds } from '../compare/timed-run.ts';
import { fakeHost } from './fake-host.ts';

function run(seed: number, factor = 1, cores = 2): RunRecord {
  const random = randomFrom(seed);
  const rounds = timedRounds(5, () => ({
    clientCpuMicrosPerMessage: 6 * factor * (1 + 0.01 * random.unit()),
  }));
  const record = runOf(rounds, { id: `run-${seed}`, outcome: { exitCode: 0, reason: 'kept' } });
  return { ...record, host: { ...record.host, cores } };
}

/** One directory for several commands, one after another. */
function bench() {
  const { directory } = fakeHost([]);
  const put = (name: string, record: RunRecord): void => {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, 'run.json'), JSON.stringify(record));
  };
  const say = async (...argv: readonly string[]) => {
    const host = fakeHost(['baseline', ...argv], { directory });
    const exitCode = await main(host);
    return { exitCode, out: host.out(), err: host.err() };
  };
  return { put, say };
}

describe('ackmark baseline', () => {
  it('is begun, confirmed and advanced by runs that kept everything, and compared with', async () => {
    const { put, say } = bench();
    for (const seed of [1, 2, 3]) put(`r${seed}`, run(seed));
    put('slow', run(4, 1.3));
    expect((await say('save', 'main', 'r1')).out).toContain('begins with run run-1');
    expect((await say('save', 'main', 'r2')).out).toContain('main confirmed: 1 of 2');
    const slow = await say('compare', 'main', 'slow', '--metric', 'client-cpu');
    expect([slow.exitCode, slow.out]).toEqual([3, expect.stringContaining('regressed')]);
    expect((await say('save', 'main', 'r3')).out).toContain('main advanced: 2 runs in a row');
    const listed = await say('list', '--json');
    expect(JSON.parse(listed.out)).toMatchObject([
      { name: 'main', run: 'run-3', advances: 1, confirmations: [] },
    ]);
    expect((await say('show', 'main')).out).toContain('run-3');
    expect((await say('list')).out).toContain('0 of 2');
  });

  it('is not advanced by a run that regressed: exit 3, and the confirmation before it is forgotten', async () => {
    const { put, say } = bench();
    for (const seed of [1, 2, 3]) put(`r${seed}`, run(seed));
    put('slow', run(4, 1.3));
    await say('save', 'main', 'r1');
    await say('save', 'main', 'r2');
    const slow = await say('save', 'main', 'slow');
    expect([slow.exitCode, slow.out]).toEqual([3, expect.stringContaining('main reset:')]);
    expect((await say('save', 'main', 'r3')).out).toContain('main confirmed: 1 of 2');
  });

  it('is not begun by a run without valid rounds: exit 2, and nothing is kept', async () => {
    const { put, say } = bench();
    put('late', runOf(timedRounds(5, () => ({}), 'acks-1', { invalid: ['it was late'] })));
    const { exitCode, err } = await say('save', 'main', 'late');
    expect(exitCode).not.toBe(0);
    expect(err).toContain('not saved');
    expect((await say('list')).out).toContain('No baseline is kept');
  });

  it('of another testbed is not compared with unless that is allowed', async () => {
    const { put, say } = bench();
    put('here', run(1));
    put('there', run(2, 1, 64));
    await say('save', 'main', 'here');
    const refused = await say('compare', 'main', 'there');
    expect(refused.exitCode).toBe(64);
    expect(refused.err).toMatch(/another testbed.*--allow-cross-testbed/s);
    const allowed = await say('compare', 'main', 'there', '--allow-cross-testbed');
    expect(allowed.exitCode).toBe(0);
    expect(allowed.out).toContain('compared because it was asked for');
    await say('save', 'main', 'there');
    expect(JSON.parse((await say('list', '--json')).out)).toHaveLength(2);
    const itself = await say('compare', 'main', 'there');
    expect([itself.exitCode, itself.out]).toEqual([2, expect.stringContaining('the same run')]);
  });

  it('is kept in the directory that is named', async () => {
    const { put, say } = bench();
    put('r1', run(1));
    await say('save', 'main', 'r1', '--baselines', 'kept/here');
    expect((await say('list')).out).toContain('No baseline is kept');
    expect((await say('list', '--baselines', 'kept/here')).out).toContain('main');
  });

  it.each([
    [['save', 'main'], 'needs a run'],
    [['save', '../main', 'r1'], 'cannot name a baseline'],
    [['show', 'man'], 'no baseline is called "man"'],
    [['compare', 'main', 'nowhere'], 'there is no run '],
    [['keep', 'main', 'r1'], 'save'],
  ])('refuses %j and says what is missing', async (argv, what) => {
    const { put, say } = bench();
    put('r1', run(1));
    await say('save', 'main', 'r1');
    const { exitCode, err } = await say(...argv);
    expect(exitCode).toBe(64);
    expect(err).toContain(what);
  });
});
