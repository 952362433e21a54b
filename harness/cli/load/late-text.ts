import type { LatePolicy, WarmUp } from '../../../scenarios/load.ts';
import { parseCount, parseMs } from '../quantities.ts';
import { type Parsed, problem, value } from './parsed.ts';

/** `catch-up`, `drop`, or `bounded:500ms`. */
export function parseLate(text: string): Parsed<LatePolicy> {
  if (text === 'catch-up' || text === 'drop') return value(text);
  const bound = /^bounded:(.*)$/.exec(text)?.[1];
  const boundMs = bound === undefined ? undefined : parseMs(bound);
  if (boundMs === undefined) {
    return problem('is no policy for lateness (catch-up, drop, bounded:500ms)');
  }
  return value({ boundMs });
}

/** A number of messages, `0` for none, or `steady`. */
export function parseWarmUp(text: string): Parsed<WarmUp> {
  if (text === 'steady') return value('until-steady');
  const messages = text === '0' ? 0 : parseCount(text);
  return messages === undefined
    ? problem('is neither a number of messages nor `steady`')
    : value(messages);
}
