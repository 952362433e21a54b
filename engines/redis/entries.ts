import { invariant } from '../../harness/core/errors.ts';
import type { Delivery, Outgoing, Place } from '../engine.ts';
import { RedisCode } from './outcomes.ts';

/** Fields of an entry: the body, the key where there is one, and each header under its name behind a prefix. */
const bodyField = 'b';
const keyField = 'k';
const headerPrefix = 'h:';

/** As the client hands out an entry: its id, and names and values in turn. */
export type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** What an entry says besides how it came here. */
export type Content = Pick<Delivery, 'body' | 'key' | 'headers'>;

/** Why a message cannot be sent at all; undefined when it can. */
export function refusalOf(message: Outgoing): RedisCode | undefined {
  const { partition, group, deduplicationId, delayMs } = message;
  const asks = [partition, group, deduplicationId].some((field) => field !== undefined);
  return asks || delayMs > 0 ? RedisCode.unsupported : undefined;
}

export function fieldsOf({ body, key, headers }: Outgoing): readonly (string | Buffer)[] {
  const fields: (string | Buffer)[] = [bodyField, body];
  if (key !== undefined) fields.push(keyField, key);
  for (const [name, value] of Object.entries(headers ?? {})) {
    fields.push(`${headerPrefix}${name}`, value);
  }
  return fields;
}

/** An entry that somebody else wrote may lack a body; then it is empty. */
export function contentOf(fields: readonly Buffer[]): Content {
  let body: Buffer = Buffer.alloc(0);
  let key: Buffer | undefined;
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = String(fields[at]);
    const value = fields[at + 1] as Buffer;
    if (name === bodyField) body = value;
    else if (name === keyField) key = value;
    else if (name.startsWith(headerPrefix)) {
      headers.push([name.slice(headerPrefix.length), value.toString()]);
    }
  }
  return { body, key, headers: headers.length === 0 ? undefined : Object.fromEntries(headers) };
}

/** An id is `<milliseconds>-<sequence>`, and rises within a stream. */
export function placeOf(id: string, scope: number): Place {
  const [major, minor] = id.split('-').map(Number);
  invariant(
    Number.isSafeInteger(major) && Number.isSafeInteger(minor),
    `${id} is no id of an entry`,
  );
  return { scope, position: { major: major as number, minor: minor as number } };
}
