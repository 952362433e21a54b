import type { Figure } from '../../scenarios/textbook/sentence.ts';
import type { JudgedCell } from '../record/schema.ts';

/** What a figure is in one cell; undefined where the cell does not tell. */
export function figureOf(figure: Figure, cell: JudgedCell): number | undefined {
  switch (figure.of) {
    case 'counts':
      return cell.counts[figure.name];
    case 'backlog':
      // With fewer than two deliveries there is no time between them.
      return positive(cell.backlog?.ratePerSecond);
    case 'readers':
      return ofReaders(figure.name, cell);
    case 'partitions':
      return figure.name === 'share-of-worst' ? shareOfWorst(cell) : keysInSeveral(cell);
    case 'countdown':
      return ofCountdown(figure.name, cell);
    case 'fault':
      return fromEvidence(figure, cell);
  }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
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
