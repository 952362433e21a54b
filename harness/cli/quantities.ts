/** A count with an optional k or M: `5k` is 5,000. Undefined when it is none. */
export function parseCount(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2] === 'k' ? 1e3 : match[2] === 'M' ? 1e6 : 1;
  const value = Number(match[1]) * unit;
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** Messages per second, `5k/s` or `5000`. */
export function parseRate(text: string): number | undefined {
  return parseCount(text.trim().replace(/\/s$/, ''));
}

const millisecondsIn: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1_000, m: 60_000 };

/** A duration with its unit in milliseconds: `250us`, `5ms`, `1.5s`, `2m`. Undefined when it is none. */
export function parseMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(text.trim());
  const unit = millisecondsIn[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
