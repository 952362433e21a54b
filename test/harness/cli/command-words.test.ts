import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../harness/cli/command-words.ts';
import type { Command } from '../../../harness/cli/command.ts';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

const sing: Command = (parser) =>
  parser.command(
    'sing <song>',
    'a song',
    (yargs) =>
      yargs
        .example('$0 sing lullaby', '')
        .positional('song', { type: 'string', describe: 'its title' })
        .option('loud', { boolean: true })
        .option('key', { string: true, describe: 'such as C' })
        .option('singers', { string: true, array: true })
        .option('backstage', { boolean: true, hidden: true })
        .check(() => true),
    () => {
      throw new Error('only its words were asked for');
    },
  );

describe('the words of a command line', () => {
  it('are those that the commands define, without what is hidden', () => {
    const words = wordsOf([sing], { host: fakeHost([]), exitCode: 0 });
    expect(words.commands.map(({ name }) => name)).toEqual(['sing']);
    expect(words.flags).toEqual(['help', 'version', 'loud', 'key', 'singers']);
  });

  it('tell what must be there, what a flag takes, and a command line that works', () => {
    const [command] = wordsOf([sing], { host: fakeHost([]), exitCode: 0 }).commands;
    expect(command).toEqual({
      name: 'sing',
      required: [{ name: 'song', describe: 'its title' }],
      flags: [
        { name: 'loud', kind: 'switch', describe: '' },
        { name: 'key', kind: 'value', describe: 'such as C' },
        { name: 'singers', kind: 'list', describe: '' },
      ],
      example: 'ackmark sing lullaby',
    });
  });

  it('are the same that the help shows', async () => {
    const wrong = fakeHost(['nothing-like-it']);
    await main(wrong);
    const known = /\(([^)]+)\)/.exec(wrong.err())?.[1]?.split(', ') ?? [];
    const help = fakeHost(['--help']);
    await main(help);
    const shown = [...help.out().matchAll(/^ {2}ackmark (\w+)/gm)].map(([, name]) => name);
    expect(known).toEqual(shown);
    expect(known.length).toBeGreaterThan(10);
  });

  it.each(['--only', '--break', '--minimum-delivered', '--workers'])(
    'hold %s, which belongs to another command than the one that was typed',
    async (flag) => {
      const host = fakeHost(['schema', 'run', flag, '1']);
      expect(await main(host)).toBe(64);
      expect(host.err()).toContain('it belongs to another command');
    },
  );
});
