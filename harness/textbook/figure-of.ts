import type { Figure } from '../../scenarios/textbook/sentence.ts';
import { isUsedUp } from '../measure/quota.ts';
import type { JudgedCell } from '../record/schema.ts';
import { exerciseFigure } from './exercise-figure.ts';

/** What a figure is in one cell; undefined where the cell does not tell. */
export function figureOf(figure: Figure, cell: JudgedCell): number | undefined {
  switch (figure.of) {
    case 'counts':
      return cell.counts[figure.name];
    case 'backlog':
      // With fewer than two deliveries there is no time between them.
      return positive(cell.backlog?.ratePerSecond);
    case 'throughput':
      return throughputOf(cell);
    case 'round-trip':
      return roundTripOf(figure, cell);
    case 'replies':
      return cell.replies?.[figure.name];
    case 'readers':
      return ofReaders(figure.name, cell);
    case 'partitions':
      return figure.name === 'share-of-worst' ? shareOfWorst(cell) : keysInSeveral(cell);
    case 'countdown':
      return ofCountdown(figure.name, cell);
    case 'limit':
      return figure.name === 'throttled' ? (cell.limit?.throttled ?? undefined) : takenOf(cell);
    case 'exercise':
      return exerciseFigure(figure.name, cell);
    case 'fault':
      return fromEvidence(figure, cell);
  }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** Of messages of several sizes the bytes are not known. */
function throughputOf({ performance, load }: JudgedCell): number | undefined {
  const bytes = /^(\d+) B$/.exec(load['payload'] ?? '')?.[1];
  if (performance.status === 'untimed' || bytes === undefined) return undefined;
  return positive((performance.figures.deliveredRatePerSecond * Number(bytes)) / 1e6);
}

/** What was taken is the quota's doing where the load was there to use it up: who sent less was not held down by it. */
function takenOf({ limit }: JudgedCell): number | undefined {
  const quota = limit?.quota ?? undefined;
  return quota !== undefined && isUsedUp(quota) ? quota.acknowledgedPerSecond : undefined;
}

/** Of fewer the last hundredth is no more than one unlucky sample. */
const fewestTrips = 1_000;

function roundTripOf(
  { stage, quantile }: Extract<Figure, { of: 'round-trip' }>,
  { windows }: JudgedCell,
): number | undefined {
  const window = windows.find(({ of }) => of.kind === 'stage' && of.stage === stage);
  const trips = window?.latencies['end-to-end-response'];
  if (trips === undefined || trips.count < fewestTrips) return undefined;
  return positive((quantile === 'p50' ? trips.p50Ns : trips.p99Ns) / 1e6);
}

/** Of all consumers, or of none: a list that was cut short says nothing. */
function ofReaders(
  name: Extract<Figure, { of: 'readers' }>['name'],
  { reading }: JudgedCell,
): number | undefined {
  if (reading === null || reading.consumers.length < reading.consumersTotal) return undefined;
  const { consumers } = reading;
  if (consumers.every(({ delivered }) => delivered === 0)) return undefined;
  if (name === 'idle') return consumers.filter(({ delivered }) => delivered === 0).length;
  return Math.max(...consumers.map(({ mostHeld }) => mostHeld));
}

function shareOfWorst({ reading }: JudgedCell): number | undefined {
  if (reading === null || reading.scopes.length < reading.scopesTotal) return undefined;
  const unread = reading.scopes.map(({ mostUnread }) => mostUnread);
  const sum = unread.reduce((total, one) => total + one, 0);
  return sum === 0 ? undefined : (100 * Math.max(...unread)) / sum;
}

function keysInSeveral({ reading }: JudgedCell): number | undefined {
  const keys = reading?.keys;
  return keys === undefined || keys.stored === 0 ? undefined : keys.inSeveral;
}

function ofCountdown(
  name: Extract<Figure, { of: 'countdown' }>['name'],
  { reading }: JudgedCell,
): number | undefined {
  const countdown = reading?.countdown ?? undefined;
  if (name === 'skipped') return countdown?.skipped;
  const first = countdown?.first ?? undefined;
  if (first === undefined) return undefined;
  const leftNs = {
    half: first.leftByHalfNs,
    'nine-tenths': first.leftByNineTenthsNs,
    growth: first.leftByGrowthNs,
  } as const;
  return leftNs[name] / 1e6;
}

function fromEvidence(
  { kind, name }: Extract<Figure, { of: 'fault' }>,
  { faults }: JudgedCell,
): number | undefined {
  const fault = faults.find((one) => one.kind === kind);
  const evidence = fault?.evidence.find((one) => one.name === name);
  if (evidence === undefined) return undefined;
  if (evidence.value === 'none') return 0;
  const value = Number.parseInt(evidence.value, 10);
  return Number.isNaN(value) ? undefined : value;
}
