import type { RunRecord } from '../../harness/record/schema.ts';
import { significant } from '../text/numbers.ts';
import { isControl, isJudged } from './cells.ts';
import { lacksTail, type NotPriced, type PriceTable, priceTablesOf } from './price.ts';

/** What to do about prices that are missing because sends left late. */
export interface PriceAdvice {
  readonly text: string;
  readonly fix: string;
}

const warmUpSeconds = 2;
/** What is measured after the warm-up is one and a half times as long, and enough for p99.9. */
const messagesPerWarmUp = 2.5;
const fewestMeasured = 20_000;

/** The load was held up on this side, by whatever else the machine did. */
export function wasLate({ reasons }: NotPriced): boolean {
  return reasons.some((reason) => reason.startsWith('the generator was late'));
}

/** Said once for all scenarios; undefined: nothing is missing for that reason, or a search has its own. */
export function priceAdvice(record: RunRecord): PriceAdvice | undefined {
  if (record.searches.length > 0) return undefined;
  const tables = priceTablesOf(record);
  const missing = tables.reduce((sum, table) => sum + table.notPriced.filter(wasLate).length, 0);
  const cut = tables.reduce((sum, { rows }) => sum + rows.filter(lacksTail).length, 0);
  if (missing + cut === 0) return undefined;
  const all = tables.reduce((sum, { rows, notPriced }) => sum + rows.length + notPriced.length, 0);
  const count = [
    ...(missing > 0
      ? [`${missing} of ${all} ${all === 1 ? 'price is' : 'prices are'} missing`]
      : []),
    ...(cut > 0 ? [`${cut} of ${all} ${all === 1 ? 'price has' : 'prices have'} no p99`] : []),
  ].join(' and ');
  const flags = longerWarmUp(record, tables);
  return {
    text: `${count} because the generator was late (${machineText(record)})`,
    fix: `Run the same on a quiet machine${flags === undefined ? '' : `, or with a longer warm-up: add ${flags}`}`,
  };
}

function machineText({ host }: RunRecord): string {
  const { loadAverage, cores } = host;
  const load = `load average ${significant(loadAverage, 2)} on ${cores} ${cores === 1 ? 'core' : 'cores'} when the run began`;
  return loadAverage >= cores ? `other work had the machine: ${load}` : load;
}

/** Undefined where no rate was asked for: what leaves by its answers has no timetable to keep. */
function longerWarmUp(record: RunRecord, tables: readonly PriceTable[]): string | undefined {
  const late = tables.filter(
    ({ rows, notPriced }) => rows.some(lacksTail) || notPriced.some(wasLate),
  );
  const names = late.map(({ scenario }) => scenario);
  const rate = Math.max(
    0,
    ...record.cells
      .filter(isJudged)
      .filter((cell) => !isControl(cell) && names.includes(cell.scenario))
      .map(({ performance }) =>
        performance.status === 'untimed' ? 0 : performance.figures.targetRatePerSecond,
      ),
  );
  if (rate === 0) return undefined;
  const warmUp = thousands(rate * warmUpSeconds);
  const messages = thousands(Math.max(warmUp * messagesPerWarmUp, warmUp + fewestMeasured));
  const [only] = names;
  // The flags are for every scenario that runs; the untimed ones have no use for them.
  const isAlone = record.cells.every(({ scenario }) => scenario === only);
  const narrowed =
    names.length === 1 && !isAlone && only?.includes('+') === false ? `--scenario ${only} ` : '';
  return `${narrowed}--warmup ${countText(warmUp)} --messages ${countText(messages)}`;
}

function thousands(count: number): number {
  return Math.ceil(count / 1_000) * 1_000;
}

/** As flags take it. */
function countText(count: number): string {
  return `${count / 1_000}k`;
}
