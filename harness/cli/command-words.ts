import type { Argv } from 'yargs';
import type { Command, Invocation } from './command.ts';

/** What a command line may say, for telling what a mistyped word was meant to be. */
export interface CommandWords {
  readonly commands: readonly string[];
  /** Of all commands, without dashes; hidden ones are nobody's to type. */
  readonly flags: readonly string[];
}

/** Every word of the commands, taken from their own definitions: the parser itself keeps them to itself. */
export function wordsOf(commands: readonly Command[], invocation: Invocation): CommandWords {
  const names: string[] = [];
  const flags = new Set(['help', 'version']);
  const listener: unknown = new Proxy(
    {},
    {
      get:
        (_target, method) =>
        (...told: readonly unknown[]): unknown => {
          const [name, more, build] = told;
          if (method === 'command' && typeof name === 'string') {
            names.push(name.split(' ', 1)[0] ?? name);
            if (typeof build === 'function') build(listener);
          }
          if (method === 'option' && typeof name === 'string' && !isHidden(more)) flags.add(name);
          return listener;
        },
    },
  );
  for (const command of commands) command(listener as Argv, invocation);
  return { commands: names, flags: [...flags] };
}

function isHidden(option: unknown): boolean {
  return typeof option === 'object' && option !== null && 'hidden' in option;
}
