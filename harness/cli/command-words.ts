import type { Argv } from 'yargs';
import type { Command, Invocation } from './command.ts';

/** `switch`: there or not; `value`: with one value; `list`: with several, or given several times. */
export type FlagKind = 'switch' | 'value' | 'list';

export interface FlagWords {
  /** Without dashes. */
  readonly name: string;
  readonly kind: FlagKind;
  /** What its value is; empty where nothing was said. */
  readonly describe: string;
}

/** What one command takes. */
export interface OneCommand {
  readonly name: string;
  /** Words without a flag that must be there, in their order, as the help calls them. */
  readonly required: readonly { readonly name: string; readonly describe: string }[];
  readonly flags: readonly FlagWords[];
  /** A command line that works, or undefined where the name alone does. */
  readonly example: string | undefined;
}

/** What a command line may say, for telling what a mistyped word was meant to be. */
export interface CommandWords {
  readonly commands: readonly OneCommand[];
  /** Of all commands, without dashes; hidden ones are nobody's to type. */
  readonly flags: readonly string[];
}

/** The one whose name stands in `argv`. */
export function commandIn(argv: readonly string[], words: CommandWords): OneCommand | undefined {
  const named = argv.find((word) => words.commands.some(({ name }) => name === word));
  return words.commands.find(({ name }) => name === named);
}

/** Every word of the commands, taken from their own definitions: the parser itself keeps them to itself. */
export function wordsOf(commands: readonly Command[], invocation: Invocation): CommandWords {
  const heard = commands.flatMap((command) => listenTo(command, invocation));
  const flags = new Set(['help', 'version']);
  for (const { flags: own } of heard) for (const { name } of own) flags.add(name);
  return { commands: heard, flags: [...flags] };
}

/** A parser that only hears what it is told. */
function listenTo(command: Command, invocation: Invocation): readonly OneCommand[] {
  const heard: OneCommand[] = [];
  const flags: FlagWords[] = [];
  const positionals = new Map<string, string>();
  let example: string | undefined;
  const hear = (method: string, told: readonly unknown[]): void => {
    const [name, more, build] = told;
    if (typeof name !== 'string') return;
    if (method === 'command') {
      if (typeof build === 'function') build(listener);
      const required = [...name.matchAll(/<(\w+)(?:\.\.)?>/g)].map(([, word = '']) => ({
        name: word,
        describe: positionals.get(word) ?? '',
      }));
      heard.push({ name: name.split(' ', 1)[0] ?? name, required, flags, example });
    }
    if (method === 'option' && !isSet(more, 'hidden')) {
      const kind = isSet(more, 'boolean') ? 'switch' : isSet(more, 'array') ? 'list' : 'value';
      flags.push({ name, kind, describe: describeOf(more) });
    }
    if (method === 'positional') positionals.set(name, describeOf(more));
    if (method === 'example') example ??= name.replace('$0', 'ackmark');
  };
  const listener: unknown = new Proxy(
    {},
    {
      get:
        (_target, method) =>
        (...told: readonly unknown[]): unknown => {
          hear(String(method), told);
          return listener;
        },
    },
  );
  command(listener as Argv, invocation);
  return heard;
}

function isSet(option: unknown, property: string): boolean {
  return fieldOf(option, property) === true;
}

function describeOf(option: unknown): string {
  const text = fieldOf(option, 'describe');
  return typeof text === 'string' ? text : '';
}

function fieldOf(option: unknown, property: string): unknown {
  if (typeof option !== 'object' || option === null) return undefined;
  return Object.entries(option).find(([name]) => name === property)?.[1];
}
