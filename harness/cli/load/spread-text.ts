import {
  type KeyChoice,
  largestOf,
  type MessageWork,
  type Sizes,
  smallestOf,
} from '../../../scenarios/spread.ts';
import { headerBytes } from '../../core/message-header.ts';
import { parseCount, parseMs } from '../quantities.ts';
import { type Parsed, problem, value } from './parsed.ts';

const largestBytes = 64 * 2 ** 20;
const choicesMost = 1_000;
const sizeForms = '1k, uniform:100..10k, weighted:100=9,10k=1, zipf:1.1/100..64k';
const skewForms = 'in-turn, uniform, zipf:1.1, hot:5@80%';
const workForms =
  'none, 5ms, exponential:5ms, uniform:1ms..9ms, each after busy: where it needs the CPU';

/** Sizes of payloads with their header, in bytes. */
export function parseSizes(text: string): Parsed<Sizes> {
  const sizes = sizesIn(text);
  if (sizes === undefined) return problem(`is no size (${sizeForms})`);
  const smallest = smallestOf(sizes);
  const largest = largestOf(sizes);
  if (smallest > largest) return problem('the smaller size comes first');
  if (smallest < headerBytes) return problem(`a payload has its header: at least ${headerBytes} B`);
  return largest > largestBytes ? problem('a payload has at most 64 MiB') : value(sizes);
}

function sizesIn(text: string): Sizes | undefined {
  const [kind = '', rest = ''] = halves(text, ':');
  switch (kind) {
    case 'uniform': {
      const span = spanIn(rest);
      return span === undefined ? undefined : { kind, ...span };
    }
    case 'zipf': {
      const [exponent = '', range = ''] = halves(rest, '/');
      const span = spanIn(range);
      const skew = parseExponent(exponent);
      return span === undefined || skew === undefined
        ? undefined
        : { kind, ...span, exponent: skew };
    }
    case 'weighted': {
      const choices = rest.split(',').map(choiceIn);
      const known = choices.filter((choice) => choice !== undefined);
      if (known.length < choices.length || known.length > choicesMost) return undefined;
      return { kind, choices: known };
    }
    default:
      return parseCount(text);
  }
}

function spanIn(text: string): { readonly least: number; readonly most: number } | undefined {
  const [low = '', high = ''] = halves(text, '..');
  const least = parseCount(low);
  const most = parseCount(high);
  return least === undefined || most === undefined ? undefined : { least, most };
}

function choiceIn(text: string): { readonly value: number; readonly weight: number } | undefined {
  const [size = '', times = ''] = halves(text, '=');
  const bytes = parseCount(size);
  const weight = /^\d+(?:\.\d+)?$/.test(times) ? Number(times) : 0;
  return bytes === undefined || weight <= 0 ? undefined : { value: bytes, weight };
}

/** Above 4 nearly everything has the first rank. */
function parseExponent(text: string): number | undefined {
  const exponent = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return exponent > 0 && exponent <= 4 ? exponent : undefined;
}

export function parseSkew(text: string): Parsed<KeyChoice> {
  const [kind = '', rest = ''] = halves(text, ':');
  if ((kind === 'in-turn' || kind === 'uniform') && rest === '') return value({ kind });
  if (kind === 'zipf') {
    const exponent = parseExponent(rest);
    if (exponent !== undefined) return value({ kind, exponent });
  }
  const hot = /^hot:(\d+)@(\d+(?:\.\d+)?)%$/.exec(text);
  const keys = Number(hot?.[1]);
  const share = Number(hot?.[2]) / 100;
  if (keys > 0 && share > 0 && share <= 1) return value({ kind: 'hot', keys, share });
  return problem(`is no choice of keys (${skewForms})`);
}

/** `none`: no work of the consumer at all. */
export function parseWork(text: string): Parsed<MessageWork | 'none'> {
  if (text === 'none') return value(text);
  const [first = '', rest = ''] = halves(text, ':');
  const by = first === 'busy' || first === 'waiting' ? first : undefined;
  const time = timeIn(by === undefined ? text : rest);
  return time === undefined
    ? problem(`is no work (${workForms})`)
    : value({ by: by ?? 'waiting', time });
}

function timeIn(text: string): MessageWork['time'] | undefined {
  const [kind = '', rest = ''] = halves(text, ':');
  if (kind === 'exponential') {
    const meanMs = parseMs(rest);
    return meanMs === undefined || meanMs === 0 ? undefined : { kind, meanMs };
  }
  if (kind === 'uniform') {
    const [low = '', high = ''] = halves(rest, '..');
    const leastMs = parseMs(low);
    const mostMs = parseMs(high);
    if (leastMs === undefined || mostMs === undefined || leastMs > mostMs) return undefined;
    return { kind, leastMs, mostMs };
  }
  const ms = parseMs(text);
  return ms === undefined || ms === 0 ? undefined : { kind: 'constant', ms };
}

/** What stands before the first separator and what after it; the second is missing where there is none. */
function halves(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
