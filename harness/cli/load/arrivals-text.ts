import type { Stage } from '../../../scenarios/load.ts';
import { suggestion } from '../../core/suggest.ts';
import type { ArrivalsChange } from '../../plan/load-changes.ts';
import { parseCount, parseMs, parseRate } from '../quantities.ts';
import { type Parsed, problem, value } from './parsed.ts';

/** Arrivals as they are written; a trace is a file that is still to be read. */
export type ArrivalsWord =
  | Exclude<ArrivalsChange, { readonly kind: 'trace' }>
  | { readonly kind: 'trace'; readonly file: string };

const forms =
  'constant, poisson, bursts:100/1s, stages:5k/s@10s,5k..20k/s@30s, trace:file of offsets';
const kinds = ['constant', 'poisson', 'bursts', 'stages', 'trace'];
const stagesMost = 1_000;

/** `constant`, `poisson`, `bursts:<size>/<interval>`, `stages:<rate>[..<rate>]@<duration>,…`, `trace:<file>`. */
export function parseArrivals(text: string): Parsed<ArrivalsWord> {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  switch (kind) {
    case 'constant':
    case 'poisson':
      return rest === ''
        ? value({ kind })
        : problem(`${kind} takes no more: say its rate with rate`);
    case 'bursts':
      return parseBursts(rest);
    case 'stages':
      return parseStages(rest);
    case 'trace':
      return rest === ''
        ? problem('trace needs a file: trace:offsets.txt')
        : value({ kind, file: rest });
    default:
      return problem(`no arrivals are called so${suggestion(kind, kinds)} (${forms})`);
  }
}

function parseBursts(text: string): Parsed<ArrivalsWord> {
  const [count = '', interval = '', ...more] = text.split('/');
  const size = parseCount(count);
  const everyMs = parseMs(interval);
  if (size === undefined || everyMs === undefined || everyMs === 0 || more.length > 0) {
    return problem('bursts have a size and an interval: bursts:100/1s');
  }
  return value({ kind: 'bursts', size, ratePerSecond: (size * 1_000) / everyMs });
}

function parseStages(text: string): Parsed<ArrivalsWord> {
  const stages: Stage[] = [];
  for (const part of text.split(',')) {
    const stage = parseStage(part);
    if (stage === undefined) {
      return problem(
        `stage ${JSON.stringify(part)} is not a rate and a duration: 5k/s@10s, or a ramp 5k..20k/s@30s`,
      );
    }
    stages.push(stage);
  }
  if (stages.length > stagesMost) return problem(`${stages.length} stages, at most ${stagesMost}`);
  if (stages.every(({ fromPerSecond, toPerSecond }) => fromPerSecond + toPerSecond === 0)) {
    return problem('no stage has a rate above 0: nothing would be sent');
  }
  return value({ kind: 'stages', stages });
}

function parseStage(text: string): Stage | undefined {
  const [rates = '', duration = '', ...more] = text.split('@');
  const [from = '', to = from, ...others] = rates.split('..');
  const fromPerSecond = stageRate(from);
  const toPerSecond = stageRate(to);
  const durationMs = parseMs(duration);
  if (more.length + others.length > 0 || durationMs === undefined || durationMs === 0) {
    return undefined;
  }
  if (fromPerSecond === undefined || toPerSecond === undefined) return undefined;
  return { fromPerSecond, toPerSecond, durationMs };
}

/** Nothing may be sent in a stage. */
function stageRate(text: string): number | undefined {
  return /^0(?:\/s)?$/.test(text) ? 0 : parseRate(text);
}
