import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

async function said(command: string) {
  const host = fakeHost(['simulate', ...command.split(' ')]);
  return { exitCode: await main(host), out: host.out() };
}

/** Engine and nodes, with a rule that is found soon. */
const broken = [
  '--engine log --break fence-commits',
  '--engine log --nodes 3 --break acknowledge-when-replicated',
  '--engine log --nodes 3 --batch 8 --break acknowledge-when-replicated',
  '--engine queue --break count-receives',
  '--engine broker --break return-held',
];

describe('what a failing seed is replayed by', () => {
  it.each(broken)('is its own command, whole and shrunk: %s', async (flags) => {
    const { out } = await said(`${flags} --seeds 40`);
    const [, whole = '', seed = ''] = /: (seed (\d+), .+)\n.+ replay: /.exec(out) ?? [];
    const [, shrunk = ''] = /shrunk in \d+ plays: (.+)\n/.exec(out) ?? [];
    const replays = [...out.matchAll(/replay: ackmark simulate (.+)\n/g)].map(
      ([, one]) => one ?? '',
    );
    const again = await said(replays[0] ?? '');
    expect(replays[0]).toBe(`${flags} --seed ${seed} --seeds 1`);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.out).toContain(whole);
    const small = await said(replays.at(-1) ?? '');
    expect(replays.at(-1)).toContain(' --only ');
    expect(small).toMatchObject({ exitCode: 0 });
    expect(small.out).toContain(`: ${shrunk}\n`);
  });
});
