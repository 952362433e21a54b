/**
 * Random choices that belong to a message and not to the order in which they are made: a message that is sent again
 * has its size, and a copy that comes again its work, whatever came between. Three rounds of the finaliser of
 * MurmurHash3 (https://github.com/aappleby/smhasher) over seed and numbers.
 *
 * @returns uniform in [0, 1) with 32 bits
 */
export function drawOf(seed: number, first: number, second: number): number {
  // The seed is mixed first: seeds that differ in low bits would only permute the draws of the first numbers.
  return mix(mix(mix(seed) ^ first) ^ Math.imul(second, 0x9e3779b1)) / 0x1_0000_0000;
}

function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
