import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../harness/cli/main.ts';
import { runRecord } from '../../harness/record/schema.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';

const engine = fileURLToPath(new URL('./mailbox/engine.ts', import.meta.url));

/** A steady run of 40,000 messages against one profile of the engine given by path. */
async function run(profile: string) {
  const argv = ['run', '--engine', `${engine}@${profile}`, '--scenario', 'steady', '--no-controls'];
  const host = fakeHost([
    ...argv.concat('--rate', '40k/s', '--messages', '40k', '--seed', '7', '--quiet'),
    ...['terminal', 'json=run.json'].flatMap((reporter) => ['--reporter', reporter]),
  ]);
  const exitCode = await main(host);
  const record = runRecord.parse(
    JSON.parse(readFileSync(join(host.directory, 'run.json'), 'utf8')),
  );
  const [cell] = record.cells;
  if (cell?.status !== 'judged') throw new Error(`not judged: ${JSON.stringify(cell)}`);
  return { exitCode, text: host.out(), cell, host };
}

describe('an engine given by its path', () => {
  let dropping: Awaited<ReturnType<typeof run>>;
  let idling: ReturnType<typeof run>;
  beforeAll(async () => {
    // It does nothing but wait for answers until half a minute is over, beside the others.
    idling = run('idle');
    idling.catch(() => undefined);
    dropping = await run('drops');
  });

  it('that keeps its word ends with 0', async () => {
    const { exitCode, cell } = await run('sound');
    expect(exitCode).toBe(0);
    expect(cell.verdict).toBe('pass');
    expect(cell.counts.acknowledged).toBe(40_000);
  });

  it.each([
    ['drops one acknowledged message in 10,000', 'drops', 'D1', 4],
    ['hands messages out twice before they are settled', 'doubles', 'D5', 4],
    ['delivers messages again after their acknowledgement', 'repeats', 'D6', 4],
    ['swaps two messages of a lane', 'swaps', 'O2', 4],
  ])('that %s ends with 1 and the right anomaly', async (_what, profile, check, atMost) => {
    const { exitCode, text, cell } = profile === 'drops' ? dropping : await run(profile);
    expect(exitCode).toBe(1);
    expect(cell.verdict).toBe('violated');
    const broken = cell.clauses.filter((clause) => clause.state === 'broken');
    expect(broken.map((clause) => clause.check)).toEqual([check]);
    const [finding] = broken;
    expect(finding?.count).toBeGreaterThan(0);
    expect(finding?.count).toBeLessThanOrEqual(atMost);
    expect(finding?.witnesses[0]?.events.length).toBeGreaterThan(2);
    expect(text).toContain(check);
    expect(text).toContain(`ackmark run --engine ${engine}@${profile} --scenario steady --seed 7`);
  });

  it('that does nothing ends with 2', async () => {
    const { exitCode, cell } = await idling;
    expect(exitCode).toBe(2);
    expect(cell.verdict).toBe('inconclusive');
    expect(cell.reasons.length).toBeGreaterThan(0);
  });

  it('is judged the same again from the history that was kept', async () => {
    const { host, cell } = dropping;
    const again = fakeHost(['check', 'runs/latest', '--json'], { directory: host.directory });
    expect(await main(again)).toBe(1);
    const record = runRecord.parse(JSON.parse(again.out()));
    const judged = record.cells[0];
    if (judged?.status !== 'judged') throw new Error('not judged');
    expect(judged.verdict).toBe(cell.verdict);
    expect(judged.counts).toEqual(cell.counts);
    expect(judged.clauses).toEqual(cell.clauses);
  });
});
