import { type ByteReader, type ByteWriter, ProtocolError } from './bytes.ts';

/** What a subscription asks of one header. All but `absent` want it to be there. */
export interface Condition {
  readonly header: string;
  readonly is: (typeof relations)[number];
  /** Of which one is enough; none for `present` and `absent`. */
  readonly values: readonly string[];
}

/** All conditions must hold; without any, everything is taken. */
export type MessageFilter = readonly Condition[];

const relations = ['one-of', 'none-of', 'prefix-of', 'present', 'absent'] as const;

/**
 * As the filter policies of SNS on message attributes: values of one attribute are alternatives, several
 * attributes must all match, and `none-of` (`anything-but`) does not match where the attribute is missing.
 */
export function accepts(
  filter: MessageFilter,
  headers: Readonly<Record<string, string>> | undefined,
): boolean {
  return filter.every(({ header, is, values }) => {
    const isThere = headers !== undefined && Object.hasOwn(headers, header);
    const value = isThere ? (headers[header] ?? '') : '';
    switch (is) {
      case 'absent':
        return !isThere;
      case 'present':
        return isThere;
      case 'one-of':
        return isThere && values.includes(value);
      case 'none-of':
        return isThere && !values.includes(value);
      case 'prefix-of':
        return isThere && values.some((prefix) => value.startsWith(prefix));
    }
  });
}

/** u16 conditions, each: text header | u8 relation | u16 values, each a text */
export function writeFilter(to: ByteWriter, filter: MessageFilter): ByteWriter {
  to.u16(filter.length);
  for (const { header, is, values } of filter) {
    to.text(header).u8(relations.indexOf(is)).u16(values.length);
    for (const value of values) to.text(value);
  }
  return to;
}

/** @throws ProtocolError */
export function readFilter(from: ByteReader): MessageFilter {
  const filter: Condition[] = [];
  for (let left = from.u16(); left > 0; left -= 1) {
    const header = from.text();
    const is = relations[from.u8()];
    if (is === undefined) throw new ProtocolError('a filter of an unknown relation');
    const values: string[] = [];
    for (let more = from.u16(); more > 0; more -= 1) values.push(from.text());
    filter.push({ header, is, values });
  }
  return filter;
}
