import type { Place } from '../../../../engines/engine.ts';

/** SQS sequence numbers have up to 20 digits (128 bits are reserved): the halves keep their order. */
export function placeOf(sequence: string | undefined): Place | undefined {
  if (sequence === undefined) return undefined;
  const number = BigInt(sequence);
  const position = { major: Number(number >> 32n), minor: Number(number & 0xffff_ffffn) };
  return { scope: 0, position };
}
