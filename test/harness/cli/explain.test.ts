import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkModules } from '../../../harness/check/catalog.ts';
import { checkIds, clauseTitle } from '../../../harness/core/anomalies.ts';
import { levels, promises } from '../../../harness/core/clauses.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

async function said(...argv: readonly string[]) {
  const host = fakeHost(argv);
  return { exitCode: await main(host), out: host.out(), err: host.err() };
}

describe('explain', () => {
  it('tells an anomaly: definition, claims, cost, source, and a history that shows it', async () => {
    const { exitCode, out } = await said('explain', 'd1');
    expect(exitCode).toBe(0);
    expect(out).toContain('D1  acknowledged message lost');
    expect(out).toMatch(/must not happen at +at-least-once, exactly-once\n/);
    expect(out).toMatch(/kept in memory +2 bits a message/);
    expect(out).toMatch(/4 ms +c +a:0 +delivered to c/);
    expect(out).toContain('{"timeMs":90,"kind":"drain.complete","group":"g"}');
  });

  it.each(checkIds)('knows %s', async (id) => {
    const { exitCode, out } = await said('explain', id);
    expect(exitCode).toBe(0);
    expect(out).toContain(`${id}  ${clauseTitle[id]}`);
  });

  it.each([...levels, ...promises])('knows what %s forbids', async (name) => {
    const { exitCode, out } = await said('explain', name);
    expect(exitCode).toBe(0);
    expect(out).toContain('A finding of these violates it:');
  });

  it.each(scenarios.map(({ id }) => id))(
    'tells of the scenario %s who can be put to it',
    async (id) => {
      const { exitCode, out } = await said('explain', id);
      expect(exitCode).toBe(0);
      expect(out).toContain(`${id}  a scenario`);
      expect(out).not.toContain('[object');
      expect(out).toMatch(/Who can be put to it\n {2}\w+@/);
      expect(out).toMatch(new RegExp(`ackmark run --scenario ${id} --engine \\w+@\\S+\n$`));
    },
  );

  it('tells of a scenario its fault, its controls and who cannot be put to it', async () => {
    const { out } = await said('explain', 'leader-crash');
    expect(out).toMatch(
      /fault +when 70 % of the load has left: kill-leader \(pauseFollowersMs 150/,
    );
    expect(out).toMatch(/a profile that does not claim to survive the fault +D1\n/);
    expect(out).toMatch(/in the suites +default, /);
    expect(out).toMatch(/\n {2}queue +embedded is one node, and nothing is replicated\n/);
    expect(out).not.toContain('queue@');
  });

  it('tells of a fault whom it strikes, and what it does nothing to', async () => {
    const { out } = await said('explain', 'fintech-short');
    expect(out).toMatch(/crash-consumer \(downMs 100, of tap analytics, holding 50\)/);
    const { out: routing } = await said('explain', 'routing-change');
    expect(routing).toMatch(/change-bindings \(unbind nothing, bind 1,3,5\)/);
  });

  it('tells a profile: what it claims under which faults, how it is set, and who says so', async () => {
    const { exitCode, out } = await said('explain', 'log@acks-all');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/level +at-least-once/);
    expect(out).toMatch(/claimed under +none, .*process-crash/);
    expect(out).toMatch(/violates what it claims\n {2}D1 +acknowledged message lost/);
    expect(out).toContain('  from\n    ');
  });

  it('knows every profile of the catalogue', async () => {
    const { out } = await said('list', 'profiles', '--json');
    const listed: readonly { readonly name: string }[] = JSON.parse(out);
    expect(listed.length).toBeGreaterThan(50);
    for (const { name } of listed) {
      expect((await said('explain', name)).out).toContain(`${name}  a profile`);
    }
  });

  it.each(['kafka@constructor', 'constructor@acks-all', 'kafka@'])(
    'takes no other word of the language for a profile: %s',
    async (name) => {
      const { exitCode, err } = await said('explain', name);
      expect(exitCode).toBe(64);
      expect(err).toContain(`nothing that can be explained is called "${name}"`);
    },
  );

  it('suggests what was meant', async () => {
    const { exitCode, out, err } = await said('explain', 'per-key-ordr');
    expect(exitCode).toBe(64);
    expect(out).toBe('');
    expect(err).toContain('did you mean per-key-order?');
  });

  it('prints lines that check finds the anomaly in', async () => {
    const [module] = checkModules;
    const { out } = await said('explain', module?.id ?? '');
    const lines = out.split('\n').filter((line) => line.startsWith('  {'));
    const host = fakeHost(['check', 'example.ndjson', '--json']);
    writeFileSync(join(host.directory, 'example.ndjson'), lines.join('\n'));
    expect(await main(host)).toBe(0);
    expect(host.out()).toContain('"state": "unclaimed-violated"');
  });
});

describe('list checks', () => {
  it('shows id, family and title of each', async () => {
    const { out } = await said('list', 'checks');
    const rows = out.trimEnd().split('\n');
    expect(rows).toHaveLength(checkIds.length);
    expect(rows[0]).toMatch(/^ {2}D1 +delivery +acknowledged message lost$/);
  });
});

describe('check, of a history from elsewhere,', () => {
  const lost = (checkModules.find(({ id }) => id === 'D1')?.example ?? []).join('\n');

  function isRun(directory: string): void {
    mkdirSync(join(directory, 'runs', 'latest'), { recursive: true });
    writeFileSync(join(directory, 'runs', 'latest', 'run.json'), '{}');
  }

  async function checked(...argv: readonly string[]) {
    const host = fakeHost(['check', 'h.ndjson', ...argv]);
    writeFileSync(join(host.directory, 'h.ndjson'), `${lost}\n`);
    return { exitCode: await main(host), out: host.out(), err: host.err() };
  }

  it('writes its report to stdout and nothing else there', async () => {
    const { exitCode, out, err } = await checked('--level', 'at-least-once,per-key-order');
    expect(exitCode).toBe(1);
    expect(out).toContain('D1 acknowledged message lost');
    expect(out).toContain('message a:1');
    expect(err).toBe('');
  });

  it.each([
    ['an unknown level', ['--level', 'at-least'], 'did you mean at-least-once?'],
    ['two levels', ['--level', 'at-most-once,at-least-once'], 'exclude each other'],
    ['a guard that is none', ['--minimum-delivered', '0'], 'must be a whole number from 1'],
    ['an unknown flag', ['--lenien'], 'did you mean lenient?'],
    ['a file that is not there', ['other.ndjson'], 'other.ndjson cannot be read'],
  ])('refuses %s', async (_what, argv, why) => {
    const { exitCode, out, err } = await checked(...argv);
    expect(exitCode).toBe(64);
    expect(out).toBe('');
    expect(err).toContain(why);
  });

  it('lists lines that it cannot read on stderr', async () => {
    const host = fakeHost(['check', 'h.ndjson', '--lenient']);
    writeFileSync(join(host.directory, 'h.ndjson'), `${lost}\n{"kind":"x"}\n`);
    expect(await main(host)).toBe(0);
    expect(host.err()).toBe('h.ndjson:11: there is no kind "x"\n');
  });

  it.each([[['--level']], [['--level', '']], [['--level', ',']]])(
    'does not take %j for a claim of nothing',
    async (argv) => {
      const { exitCode, err } = await checked(...argv);
      expect(exitCode).toBe(64);
      expect(err).toContain('--level: needs a value (at-most-once, at-least-once, exactly-once');
    },
  );

  it('tells the times of a witness as the file has them', async () => {
    const { out } = await checked('--level', 'at-least-once');
    expect(lost).toContain('{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}');
    expect(out).toMatch(/at 2\.00 ms +send\.invoke +p /);
  });

  it('does not call a history kept of which nothing was claimed', async () => {
    const { exitCode, out } = await checked();
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^~ NOTHING CLAIMED {2}No claim was put to the test, and 2 anomalies were seen\n/,
    );
  });

  it('says of a directory with nothing to judge what it looked for, whatever the flags', async () => {
    for (const argv of [[], ['--level', 'at-least-once']]) {
      const host = fakeHost(['check', 'empty', ...argv]);
      mkdirSync(join(host.directory, 'empty'));
      expect(await main(host)).toBe(64);
      expect(host.err()).toContain('empty holds no run.json, no history.json and no file of lines');
    }
  });

  it('says of a file that is no record so, whatever the flags', async () => {
    const host = fakeHost(['check', 'array.json', '--level', 'at-least-once']);
    writeFileSync(join(host.directory, 'array.json'), '[]');
    expect(await main(host)).toBe(64);
    expect(host.err()).not.toContain('given for a run');
    expect(host.err()).toContain('array.json');
  });

  it.each([
    ['', 'h.ndjson is empty'],
    ['{"kind":"history","version":1}\n{"kind":"x"}\n', 'h.ndjson:2: there is no kind "x"'],
  ])(
    'names what is wrong with the file before anything that follows from it',
    async (text, why) => {
      const host = fakeHost(['check', 'h.ndjson', '--level', 'at-least-once']);
      writeFileSync(join(host.directory, 'h.ndjson'), text);
      expect(await main(host)).toBe(2);
      expect(host.out().split('\n').at(-2)).toMatch(/^exit 2 /);
      expect(host.out().split('\n').at(-2)?.slice(0, 160)).toContain(why);
    },
  );

  it('takes no level for a run, which carries its claims', async () => {
    const host = fakeHost(['check', 'runs/latest', '--level', 'at-least-once']);
    isRun(host.directory);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('--level and --lenient are for histories from elsewhere');
  });

  it.each([
    ['--workers', '2'],
    ['--minimum-acknowledged', '5'],
    ['--minimum-delivered', '5'],
  ])('does not ignore %s where it judges a run', async (flag, value) => {
    const host = fakeHost(['check', 'runs/latest', flag, value]);
    isRun(host.directory);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(`given for a run: ${flag}`);
  });
});
