import { suggestion } from '../core/suggest.ts';
import { type CommandWords, commandIn, type OneCommand } from './command-words.ts';

/** A mistake in the words of a command line, and what to do about it. */
export interface UsageMistake {
  readonly message: string;
  readonly hint: string;
}

/** The parser's sentence about the arguments, in terms of what was typed and what was meant. */
export function usageMistake(
  said: string,
  argv: readonly string[],
  words: CommandWords,
): UsageMistake {
  const command = commandIn(argv, words);
  const hint = hintFor(command);
  if (command !== undefined) {
    const message =
      missingWord(said, command) ?? missingFlag(said, command) ?? badChoice(said, command);
    if (message !== undefined) return { message, hint };
  }
  return { message: unknownWord(said, argv, words), hint };
}

export function hintFor(command: OneCommand | undefined): string {
  if (command === undefined) return 'See `ackmark --help`, or `ackmark <command> --help`.';
  const help = `see \`ackmark ${command.name} --help\``;
  const { example } = command;
  return example === undefined ? `S${help.slice(1)}.` : `For example \`${example}\`; ${help}.`;
}

/** `Not enough non-option arguments: got 0, need at least 1`. */
function missingWord(said: string, { name, required }: OneCommand): string | undefined {
  const match = /^Not enough non-option arguments: got (\d+)/.exec(said);
  const missing = required[Number(match?.[1] ?? NaN)];
  return missing === undefined ? undefined : needs(name, `<${missing.name}>`, missing.describe);
}

/** `Missing required argument: out`. */
function missingFlag(said: string, { name, flags }: OneCommand): string | undefined {
  const [, listed] = /^Missing required arguments?: (.+)$/m.exec(said) ?? [];
  if (listed === undefined) return undefined;
  const missing = listed.split(', ').map((flag) => {
    const known = flags.find((candidate) => candidate.name === flag);
    return needs(name, `--${flag}`, known?.describe ?? '');
  });
  return missing.join('\n');
}

function needs(command: string, what: string, describe: string): string {
  return describe === '' ? `${command} needs ${what}` : `${command} needs ${what}: ${describe}`;
}

/** `Argument: without, Given: "D99", Choices: "D1", "D2"`, one line for each argument. */
function badChoice(said: string, { name, flags }: OneCommand): string | undefined {
  if (!said.startsWith('Invalid values:')) return undefined;
  const wrong = [...said.matchAll(/Argument: (\S+), Given: (.+), Choices: (.+)$/gm)];
  const told = wrong.map(([, argument = '', given = '', listed = '']) => {
    const choices = [...listed.matchAll(/"([^"]*)"/g)].map(([, choice = '']) => choice);
    const words = [...given.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
    const near = words.map((word) => suggestion(word, choices)).find((text) => text !== '') ?? '';
    const isFlag = flags.some((flag) => flag.name === argument);
    const place = isFlag ? `--${argument}` : name;
    return `${place}: ${given} is none of what it takes${near} (${choices.join(', ')})`;
  });
  return told.length === 0 ? undefined : told.join('\n');
}

/** `Unknown argument: sceanrio` gets the nearest flag; a wrong command is told before its flags. */
function unknownWord(said: string, argv: readonly string[], words: CommandWords): string {
  const match = /^Unknown (?:argument|command)s?: (.+)$/m.exec(said);
  if (match === null) return said;
  const [first = ''] = argv;
  const names = words.commands.map(({ name }) => name);
  if (first !== '' && !first.startsWith('-') && !names.includes(first)) {
    const near = words.flags.includes(first) ? `; did you mean --${first}?` : '';
    const meant = near === '' ? suggestion(first, names) : near;
    return `no command is called ${JSON.stringify(first)}${meant} (${names.join(', ')})`;
  }
  const command = commandIn(argv, words);
  const unknown = withoutCamelTwins((match[1] ?? '').split(', '));
  const bare = unknown.find((word) => argv.includes(word));
  if (bare !== undefined && command !== undefined) {
    return `${command.name} does not take ${JSON.stringify(bare)}${insteadOf(command)}`;
  }
  const hints = unknown.map((name) =>
    words.flags.includes(name) ? '; it belongs to another command' : suggestion(name, words.flags),
  );
  const what = unknown.length === 1 ? 'Unknown argument' : 'Unknown arguments';
  return `${what}: ${unknown.join(', ')}${hints.find((text) => text !== '') ?? ''}`;
}

/** The parser names a flag of several words twice: `dry-run, dryRun`. */
function withoutCamelTwins(names: readonly string[]): readonly string[] {
  const twins = new Set(
    names
      .filter((name) => name.includes('-'))
      .map((name) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())),
  );
  return names.filter((name) => !twins.has(name));
}

/** What a command takes in the place of a word that stands alone. */
function insteadOf({ required, flags }: OneCommand): string {
  const [flag] = flags;
  if (required.length > 0 || flag === undefined) return '';
  return `: what it is to do is said by flags, such as --${flag.name}`;
}
