import type { DestinationSpec, SubscriptionSpec } from '../engine.ts';

/** A subject is written on one line of at most 4,096 bytes (`max_control_line`), two digits a byte of key. */
export const longestKeyBytes = 1_000;

const keyless = 'n';
const keyed = 'k';

/** The subjects of a destination; the stream that keeps them has the destination's own name. */
export const subjectsOf = ({ name }: DestinationSpec): string => `${name}.>`;

export const streamOf = ({ name }: DestinationSpec): string => name;

/** The durable consumer's name, or that of the queue group. */
export const consumerOf = ({ name }: SubscriptionSpec): string => name;

/** The key is the last token of the subject, in hexadecimal: a token may hold few characters. */
export function subjectOf(destination: string, key: Buffer | undefined): string {
  return key === undefined
    ? `${destination}.${keyless}`
    : `${destination}.${keyed}${key.toString('hex')}`;
}

export function keyOf(subject: string): Buffer | undefined {
  const token = subject.slice(subject.lastIndexOf('.') + 1);
  return token.startsWith(keyed) ? Buffer.from(token.slice(keyed.length), 'hex') : undefined;
}
