import { AckmarkError } from '../../harness/core/errors.ts';
import { refusalOf } from './access.ts';
import type { Link } from './link.ts';
import type { RedisOptions } from './options.ts';

/** Answers at once whatever there is: nobody waits for replicas here. */
const noWait = ['WAIT', '0', '1'];

/**
 * Asks for every command that a cell gives, on a key that does not exist and in a form that makes nothing: a server looks
 * at rights before it looks at keys. Without one of them a cell would have no messages, and nothing would be proven.
 *
 * @param key of a name that the cell could have itself
 * @throws AckmarkError ACCESS_REFUSED, naming all commands that are refused
 */
export async function requireRights(
  link: Link,
  address: string,
  key: string,
  { acknowledgement }: RedisOptions,
): Promise<void> {
  const refused: string[] = [];
  let cause: unknown;
  for (const [name, asks] of questions(key, acknowledgement !== 'none')) {
    try {
      await link.call(asks);
    } catch (error) {
      if (refusalOf(error) !== 'NOPERM') continue;
      refused.push(name);
      cause ??= error;
    }
  }
  if (refused.length === 0) return;
  throw new AckmarkError(
    'ACCESS_REFUSED',
    `Redis at ${address} does not let this user run ${listed(refused)} on keys that begin with ackmark-`,
    { hint: 'Give it these rights; docs/external.md names all that a user needs.', cause },
  );
}

function questions(
  key: string,
  acknowledges: boolean,
): readonly (readonly [name: string, asks: readonly string[]])[] {
  const always = [
    ['CLIENT UNBLOCK', ['CLIENT', 'UNBLOCK', '0']],
    ['INFO', ['INFO', 'server']],
    ['CONFIG GET', ['CONFIG', 'GET', 'appendfsync']],
    ['XGROUP CREATE', ['XGROUP', 'CREATE', key, 'g', '0']],
    ['XINFO GROUPS', ['XINFO', 'GROUPS', key]],
    ['XADD', ['XADD', key, 'NOMKSTREAM', '*', 'f', 'v']],
    ['XRANGE', ['XRANGE', key, '-', '+', 'COUNT', '1']],
    ['XREADGROUP', ['XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', '1', 'STREAMS', key, '>']],
    ['WAIT', noWait],
    ['DEL', ['DEL', key]],
  ] as const;
  if (!acknowledges) return always;
  return [
    ...always,
    ['XACK', ['XACK', key, 'g', '0-1']],
    ['XPENDING', ['XPENDING', key, 'g', 'IDLE', '1', '-', '+', '1']],
    ['XCLAIM', ['XCLAIM', key, 'g', 'c', '1', '0-1']],
  ];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
