import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { checkIds } from '../core/anomalies.ts';
import { faultDomains, levels } from '../core/clauses.ts';
import { AckmarkError } from '../core/errors.ts';
import { historyModes } from '../core/history-mode.ts';
import type { SuiteScenario } from '../../scenarios/suites.ts';
import type { LoadTexts } from './load/load-options.ts';
import { loadShape, suiteLoad, suiteSweep } from './load/load-schema.ts';
import { type Problem, throwProblems } from './problems.ts';
import { parseCount, parseRate } from './quantities.ts';
import { suiteProblems } from './suite-problems.ts';
import { suiteSearch } from './suite-search.ts';
import { targetText } from './target-text.ts';
import { suggestion } from '../core/suggest.ts';

const rate = z.union([z.string(), z.number()]).transform((value, context) => {
  const parsed = parseRate(String(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'must be a rate such as 5k/s' });
  return z.NEVER;
});
const count = z.union([z.string(), z.number()]).transform((value, context) => {
  const parsed = parseCount(String(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'must be a count such as 100k' });
  return z.NEVER;
});

const rounds = z.int().min(1).max(100);

const thresholdTexts = z
  .array(z.string())
  .describe('such as "e2e.response.p99 < 20ms", "D4 == 0", "fault[0].recovery < 10s"');

/** One scenario of a suite, as it is read. */
interface SuiteEntry extends Omit<SuiteScenario, 'load'> {
  readonly load?: LoadTexts;
}

const scenarioMapping = z.strictObject({
  id: z.string(),
  engines: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('only for these of the suite: engine or engine@profile'),
  rate: rate.optional(),
  messages: count.optional(),
  rounds: rounds.optional().describe('when not those of the suite'),
  thresholds: thresholdTexts.optional(),
  ...loadShape,
});

const scenarioEntry = z.union([
  z.string().transform(
    (id): SuiteEntry => ({
      id,
      engines: undefined,
      rate: undefined,
      messages: undefined,
      rounds: undefined,
      thresholds: undefined,
    }),
  ),
  scenarioMapping.transform(
    ({
      id,
      engines,
      rate: asked,
      messages,
      rounds: repeated,
      thresholds,
      ...load
    }): SuiteEntry => ({
      id,
      engines,
      rate: asked,
      messages,
      rounds: repeated,
      thresholds,
      load,
    }),
  ),
]);

const deviationEntry = z.strictObject({
  profile: z.string().describe('engine@profile'),
  id: z.string().min(1).describe('the issue or advisory, such as KAFKA-17754'),
  clause: z.enum(checkIds).describe('the claimed clause that is known to be broken'),
  under: z
    .enum([...faultDomains, 'any'])
    .default('any')
    .describe('the fault under which it is'),
  target: z.string().min(1).default('any').describe('embedded, local, an emulator, or external'),
  because: z.string().min(1).describe('the document or issue that says so'),
  expires: z.iso.date().describe('the last day, in UTC, on which it excuses anything'),
});

export type SuiteDeviation = z.output<typeof deviationEntry>;

/** A suite: what `run` does when the flags do not say otherwise. Also the schema of the YAML file. */
export const suiteSchema = z.strictObject({
  engines: z.array(z.string()).min(1).optional().describe('engine, engine@profile or a path'),
  onRequest: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('as engines; only where --engine names them'),
  target: z.string().optional().describe(targetText),
  levels: z.array(z.enum(levels)).min(1).optional(),
  load: suiteLoad.optional().describe('for every scenario that does not say otherwise'),
  sweep: suiteSweep.optional().describe('every scenario at each combination of these values'),
  scenarios: z.array(scenarioEntry).min(1).optional(),
  search: suiteSearch
    .optional()
    .describe('after the scenarios, or alone where none are named: the capacity of each profile'),
  rounds: rounds.optional(),
  seed: z.int().min(0).max(4_294_967_295).optional(),
  history: z.enum(historyModes).optional(),
  controls: z.boolean().optional(),
  thresholds: thresholdTexts.optional(),
  deviations: z
    .array(deviationEntry)
    .optional()
    .describe('claims that are known to be broken, besides those that profiles tell of'),
});

export type Suite = z.output<typeof suiteSchema>;

/** Where something stands in a suite, as `suite.yaml:3:7`. */
export type PlaceOf = (path: readonly PropertyKey[]) => string;

export interface SuiteDocument {
  readonly suite: Suite;
  readonly placeOf: PlaceOf;
}

/** Reads a suite; every mistake is reported with its line and column. */
export function parseSuite(text: string, file: string): SuiteDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { place: `${file}:${line}:${col}`, what: error.message };
  });
  const hint = 'See `ackmark schema suite` for what a suite may say.';
  throwProblems(problems, 'BAD_SUITE', hint);
  const place: PlaceOf = (path) => {
    const node = document.getIn(path, true);
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const checked = suiteSchema.safeParse(document.toJS());
  if (checked.success) return { suite: checked.data, placeOf: place };
  const found = suiteProblems(checked.error.issues, { placeOf: place, nearest: nearestKey });
  throwProblems(found, 'BAD_SUITE', hint);
  throw new AckmarkError('BAD_SUITE', `${file} cannot be read`, { hint });
}

/** What was meant by a key that is unknown at this place; an option of the load may be meant for all scenarios. */
function nearestKey(key: string, path: readonly PropertyKey[]): string {
  const near = suggestion(key, keysAt(path));
  if (near !== '' || path.length > 0) return near;
  return suggestion(key, Object.keys(suiteLoad.shape)).replace('mean ', 'mean load.');
}

/** The keys that a mapping at this place may have. */
function keysAt([first]: readonly PropertyKey[]): readonly string[] {
  if (first === 'load' || first === 'sweep') return Object.keys(suiteLoad.shape);
  if (first === 'search') return Object.keys(suiteSearch.shape);
  if (first === 'scenarios') return Object.keys(scenarioMapping.shape);
  return Object.keys(first === 'deviations' ? deviationEntry.shape : suiteSchema.shape);
}
