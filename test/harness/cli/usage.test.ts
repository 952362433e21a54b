import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkIds } from '../../../harness/core/anomalies.ts';
import { levels, obligationsOf, promises } from '../../../harness/core/clauses.ts';
import { things } from '../../../harness/cli/listings.ts';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

interface Demands {
  readonly name: string;
  readonly must: readonly string[];
  readonly mustWithoutEffects: readonly string[];
  readonly should: readonly string[];
}

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

  it('speaks of the argument of up, not of a flag that nobody typed', async () => {
    const host = fakeHost(['up', 'kafak']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('up: no engine is called "kafak"; did you mean kafka?');
    expect(host.err()).not.toContain('--engine');
  });

  it.each([
    ['an unknown command', ['rnu']],
    ['no command', []],
    ['an engine to start that is unknown', ['up', 'kafak']],
    ['a level that no profile has', ['run', '--engine', 'queue', '--level', 'exactly-once']],
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

  it.each([
    ['explain', 'explain needs <what>: an id such as D1', 'ackmark explain D1'],
    ['check', 'check needs <paths>: a run directory', 'ackmark check mine.ndjson'],
    ['report', 'report needs <run>: a run directory', 'ackmark report runs/latest'],
    ['history x', 'history needs --out: a file', 'ackmark history runs/latest'],
    ['up', 'up needs <engine>', 'ackmark up log'],
    ['down', 'down needs <engine>', 'ackmark down log'],
    ['schema', 'schema needs <of>: run, suite, history', 'ackmark schema run'],
  ])('says of %s what is missing, with an example', async (line, what, example) => {
    const host = fakeHost(line.split(' '));
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(what);
    expect(host.err()).toContain(`fix: For example \`${example}`);
    expect(host.err()).not.toContain('non-option');
  });

  it.each([
    ['selftest --without D99', '--without: "D99" is none of what it takes; did you mean D9? (D1,'],
    ['run --history ful', '--history: "ful" is none of what it takes; did you mean full?'],
    ['check x.ndjson --fail-on shuold', 'did you mean should? (violated,'],
    ['list levles', 'list: "levles" is none of what it takes; did you mean levels? (engines,'],
    ['schema suit', 'schema: "suit" is none of what it takes; did you mean suite?'],
  ])('names the choices of %s and the one that was meant', async (line, what) => {
    const host = fakeHost(line.split(' '));
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(what);
  });

  it.each([
    ['check h.ndjson --minimum-acknowledged abc', '--minimum-acknowledged', '1 on'],
    ['check h.ndjson --minimum-acknowledged 0', '--minimum-acknowledged', '1 on'],
    ['check h.ndjson --minimum-delivered 1.5', '--minimum-delivered', '1 on'],
    ['check h.ndjson --workers many', '--workers', '1 to 64'],
    ['run --rounds -1', '--rounds', '1 to 100'],
    ['simulate --seeds 0', '--seeds', '1 on'],
    ['selftest --histories few', '--histories', '0 on'],
  ])('says of %s which numbers it takes, and gives one', async (line, flag, range) => {
    const host = fakeHost(line.split(' '));
    expect(await main(host)).toBe(64);
    expect(host.err()).toMatch(`must be a whole number from ${range}`);
    expect(host.err()).toContain(`fix: For example ${flag} 1.`);
  });

  it.each([
    ['check h.ndjson --lenient=maybe', '--lenient: takes no value, and "maybe" is given'],
    ['run --json=yes', '--json: takes no value, and "yes" is given'],
    ['run --seed', '--seed: needs a value (every random choice comes from it)'],
    ['run --rounds --engine log', '--rounds: needs a value'],
    ['run --engine', '--engine: needs a value (id, id@profile'],
    ['run --out=', '--out: needs a value (where runs are kept)'],
    ['run --out a --out b', '--out: is given twice; it takes one value'],
    ['check h.ndjson --minimumDelivered', '--minimum-delivered: needs a value'],
  ])('refuses %s, which would pass for something else', async (line, what) => {
    const host = fakeHost(line.split(' '));
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(what);
  });

  it('takes switches that are set in words, lists given twice, and numbers below zero', async () => {
    const host = fakeHost(
      'check none.ndjson --lenient=false --json true --level exclusive --level lease'.split(' '),
    );
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('none.ndjson cannot be read');
    const negative = fakeHost(['run', '--seed', '-1']);
    expect(await main(negative)).toBe(64);
    expect(negative.err()).toContain('--seed must be a whole number from 0');
  });

  it.each([
    ['run kafka', 'run does not take "kafka": what it is to do is said by flags, such as --engine'],
    ['explain D1 D2', 'explain does not take "D2"'],
    ['run --dry-run', 'Unknown argument: dry-run\n'],
    ['version', 'no command is called "version"; did you mean --version? (run, check,'],
    ['--quiet', 'Name a command: run, check, explain,'],
  ])('says of %s what is wrong with it, once', async (line, what) => {
    const host = fakeHost(line.split(' '));
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(what);
  });

  it.each(['-h', '--help', '-v', '--version'])('answers %s', async (flag) => {
    const host = fakeHost([flag]);
    expect(await main(host)).toBe(0);
    expect(host.out()).toMatch(/v/.test(flag) ? /^\d+\.\d+\.\d+\n$/ : /Exit codes:/);
  });

  it('takes spaces after the commas of a list', async () => {
    const host = fakeHost(['check', 'none.ndjson', '--level', 'at-least-once, per-key-order']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain('none.ndjson cannot be read');
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

  it.each([
    ['levels', levels],
    ['promises', promises],
  ])('lists %s with what each demands', async (what, names) => {
    const host = fakeHost(['list', what]);
    expect(await main(host)).toBe(0);
    const rows = host.out().trimEnd().split('\n');
    expect(rows.map((row) => row.trim().split(' ')[0])).toEqual(names);
    for (const row of rows) expect(row).toMatch(/^ {2}\S+ +must [A-Z]\d/);
  });

  it('says of exactly-once what it demands only of a history without effects', async () => {
    const host = fakeHost(['list', 'levels', '--json']);
    expect(await main(host)).toBe(0);
    const listed = JSON.parse(host.out()) as Demands[];
    const exactlyOnce = listed.find(({ name }) => name === 'exactly-once');
    expect(exactlyOnce?.mustWithoutEffects).toEqual(['D5']);
    expect(exactlyOnce?.must).not.toContain('D5');
    for (const { name, must, should } of listed) {
      const obliged = obligationsOf(levels.find((level) => level === name) ?? 'none', [], {
        effects: 'in-the-system',
      });
      expect(must).toEqual(checkIds.filter((id) => obliged(id) === 'must'));
      expect(should).toEqual(checkIds.filter((id) => obliged(id) === 'should'));
    }
  });

  it('prints every list as one JSON document, with the names that the text has', async () => {
    const host = fakeHost(['list', '--json']);
    expect(await main(host)).toBe(0);
    const all = JSON.parse(host.out()) as Record<string, { name: string }[]>;
    expect(Object.keys(all)).toEqual([...things]);
    for (const thing of things) {
      const one = fakeHost(['list', thing, '--json']);
      await main(one);
      expect(JSON.parse(one.out())).toEqual(all[thing]);
      const text = fakeHost(['list', thing]);
      await main(text);
      const names = text
        .out()
        .trimEnd()
        .split('\n')
        .map((row) => row.trim().split(/ {2,}/)[0]);
      expect(names).toEqual(all[thing]?.map(({ name }) => name));
    }
  });

  it.each(['run', 'suite'])('exports the JSON Schema of %s', async (of) => {
    const host = fakeHost(['schema', of]);
    expect(await main(host)).toBe(0);
    expect(JSON.parse(host.out())).toMatchObject({ type: 'object' });
  });
});
