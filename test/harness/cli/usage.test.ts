import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

describe('wrong usage ends with 64 and a message that names the fix', () => {
  it('suggests the scenario that was meant', async () => {
    const host = fakeHost(['run', '--engine', 'log', '--scenario', 'stedy']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('did you mean steady?');
    expect(host.err()).toContain('fix:');
    expect(host.out()).toBe('');
  });

  it('suggests the engine and the profile that were meant, both at once', async () => {
    const host = fakeHost(['run', '--engine', 'lgo,queue@leese']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('did you mean log?');
    expect(host.err()).toContain('did you mean lease?');
  });

  it('suggests the flag that was meant', async () => {
    const host = fakeHost(['run', '--sceanrio', 'steady']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('sceanrio');
    expect(host.err()).toContain('did you mean scenario?');
  });

  it('says of a flag of another command that it is one', async () => {
    const host = fakeHost(['check', 'mine.ndjson', '--quiet']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('Unknown argument: quiet; it belongs to another command');
  });

  it.each([
    ['an unknown command', ['rnu']],
    ['no command', []],
    ['an engine to start that is unknown', ['up', 'kafak']],
    ['a level that no profile has', ['run', '--engine', 'log', '--level', 'exactly-once']],
    ['an engine that is a directory', ['run', '--engine', './']],
    ['a rate that is none', ['run', '--engine', 'log', '--rate', 'fast']],
    ['a count that is none', ['run', '--engine', 'log', '--messages', '-3']],
    ['a seed out of range', ['run', '--engine', 'log', '--seed', '-1']],
    ['rounds that are no number', ['run', '--engine', 'log', '--rounds', 'many']],
    ['an unknown level', ['run', '--engine', 'log', '--level', 'at-most']],
    ['an unknown reporter', ['run', '--engine', 'log', '--reporter', 'htlm']],
    ['an unknown target', ['run', '--engine', 'log', '--target', 'lokal']],
    [
      'a target elsewhere for an engine without one',
      ['run', '--engine', 'log', '--target', 'tcp://x'],
    ],
    ['a suite that does not exist', ['run', '--suite', 'defualt']],
    ['an engine file that does not exist', ['run', '--engine', './nowhere.ts']],
    ['a run that does not exist', ['report', 'runs/none']],
  ])('refuses %s', async (_name, argv) => {
    const host = fakeHost(argv);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('fix:');
  });

  it('suggests the command that was meant, whatever flags follow', async () => {
    const host = fakeHost(['rnu', '--engine', 'log']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('no command is called "rnu"; did you mean run?');
  });

  it('says what a suite is to whom gives an empty one', async () => {
    const host = fakeHost(['run', '--suite', 'my.yaml']);
    writeFileSync(join(host.directory, 'my.yaml'), '');
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('my.yaml:1:1: a suite is a mapping');
  });

  it('asks for an engine when the suite names none', async () => {
    const host = fakeHost(['run', '--suite', 'my.yaml']);
    writeFileSync(join(host.directory, 'my.yaml'), 'scenarios: [steady]\n');
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('--engine: neither a flag nor the suite names an engine');
  });

  it('names line and column of every mistake in a suite file', async () => {
    const host = fakeHost(['run', '--suite', 'my.yaml']);
    writeFileSync(
      join(host.directory, 'my.yaml'),
      'engines: [log]\nscenaros: [steady]\nrounds: 0\n',
    );
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('my.yaml:2:');
    expect(host.err()).toContain('did you mean scenarios?');
    expect(host.err()).toContain('my.yaml:3:9');
  });

  it('names the place of a syntax error in a suite file', async () => {
    const host = fakeHost(['run', '--suite', 'my.yaml']);
    writeFileSync(join(host.directory, 'my.yaml'), 'engines: [log\nrounds: 1\n');
    expect(await main(host)).toBe(64);
    expect(host.err()).toMatch(/my\.yaml:\d+:\d+/);
  });

  it('says why a module is not an engine, field by field', async () => {
    const host = fakeHost(['run', '--engine', './bad.ts']);
    writeFileSync(join(host.directory, 'bad.ts'), 'export default { id: "Bad", family: "log" };\n');
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('default.id');
    expect(host.err()).toContain('default.profiles');
    expect(host.err()).toContain('docs/writing-an-engine.md');
  });

  it('strips control characters from what the user typed', async () => {
    const host = fakeHost(['run', '--engine', 'log', '--scenario', '\u001b[31mred\u0007']);
    expect(await main(host)).toBe(64);
    // oxlint-disable-next-line no-control-regex -- control characters are what must be absent
    expect(host.err()).not.toMatch(/[\u001b\u0007]/);
  });
});

describe('help and listings', () => {
  it('prints every exit code in the help', async () => {
    const host = fakeHost(['--help']);
    expect(await main(host)).toBe(0);
    for (const code of [0, 1, 2, 3, 64, 69, 70, 130]) {
      expect(host.out()).toMatch(new RegExp(`^ +${code}  `, 'm'));
    }
  });

  it('lists engines, profiles, scenarios, suites and checks', async () => {
    const host = fakeHost(['list']);
    expect(await main(host)).toBe(0);
    for (const name of ['log@acks-all', 'queue@lease', 'kafka@idempotent', 'rabbitmq@auto-ack']) {
      expect(host.out()).toContain(name);
    }
    for (const name of ['steady', 'lost-response', 'default', 'D12']) {
      expect(host.out()).toContain(name);
    }
  });

  it.each(['run', 'suite'])('exports the JSON Schema of %s', async (of) => {
    const host = fakeHost(['schema', of]);
    expect(await main(host)).toBe(0);
    expect(JSON.parse(host.out())).toMatchObject({ type: 'object' });
  });
});
