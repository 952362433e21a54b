import { whole } from '../../harness/core/plural.ts';
/** Numbers for people: three significant digits, thousands separated, the unit chosen per column. */

export { noun, plural, whole } from '../../harness/core/plural.ts';

/** Measured numbers keep three digits: 4,980 · 12.3 · 0.00123. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  const decimals = Math.min(12, Math.max(0, digits - 1 - magnitude));
  return decimals === 0 ? whole(rounded) : rounded.toFixed(decimals);
}

/**
 * A rate between 0 and 1. Below one in ten million it is said as a fraction; what is not quite 100 % is
 * never rounded up to it.
 */
export function percent(rate: number, digits = 2): string {
  if (rate === 0) return '0 %';
  if (rate < 1e-7) return `1 in ${whole(Math.round(1 / rate))}`;
  if (rate >= 1) return '100 %';
  return `${significant(Math.min(rate * 100, 99.9), rate > 0.1 ? 3 : digits)} %`;
}

export interface Unit {
  readonly name: string;
  readonly ns: number;
}

const microseconds: Unit = { name: 'µs', ns: 1e3 };
const milliseconds: Unit = { name: 'ms', ns: 1e6 };
const seconds: Unit = { name: 's', ns: 1e9 };

/** One unit for a whole column, so that its numbers compare at a glance. */
export function unitFor(valuesNs: Iterable<number>): Unit {
  const known = [...valuesNs].filter((value) => value > 0).sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)];
  if (median === undefined) return milliseconds;
  if (median < 1e6) return microseconds;
  return median < 1e10 ? milliseconds : seconds;
}

/** A duration with the unit that suits it alone. */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return '–';
  const size = Math.abs(ns);
  if (size === 0) return '0 s';
  if (size < 1e3) return `${significant(ns)} ns`;
  if (size < 1e6) return `${significant(ns / 1e3)} µs`;
  if (size < 1e9) return `${significant(ns / 1e6)} ms`;
  if (size < 120e9) return `${significant(ns / 1e9)} s`;
  const rounded = Math.round(ns / 1e9);
  return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
}

/** A ratio as a factor: ×1.84. */
export function factor(ratio: number): string {
  return `×${significant(ratio)}`;
}

export function bytes(count: number): string {
  if (count < 1024) return `${whole(count)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 'B';
  for (const next of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${significant(value)} ${unit}`;
}
