import type { LimitRecord } from '../../harness/record/limit-schema.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import type { SearchRecord } from '../../harness/record/search-schema.ts';
import { whole } from '../text/numbers.ts';
import { isControl, isJudged, profileName } from './cells.ts';

const sideText: Readonly<Record<LimitRecord['side'], string>> = {
  quota: 'quota-limited',
  'client-cpu': 'client CPU',
  'broker-cpu': 'broker CPU',
  disk: 'the broker’s disk (fsync)',
  machine: 'all cores of the machine',
  none: 'nothing was at its limit',
};

/** Which side was at its limit, and what all of them did. */
export function limitText(limit: LimitRecord): string {
  const share = (value: number | null): string =>
    value === null ? 'not known' : `${Math.round(value * 100)} %`;
  return `${sideText[limit.side]}${quotaText(limit)}; busiest broker thread ${share(limit.brokerThread)}, busiest client thread ${share(limit.clientThread)}, broker waiting for its disk ${share(limit.brokerDisk)}, all cores ${share(limit.machine)}`;
}

/** What the quota took, also where something else was the limit. */
function quotaText({ quota }: LimitRecord): string {
  if (quota === null) return '';
  const { acknowledgedPerSecond, messagesPerSecond, throttled } = quota;
  return `: ${whole(Math.round(acknowledgedPerSecond))} of ${whole(messagesPerSecond)} messages/s that the quota takes while ${whole(throttled)} sends were throttled`;
}

/**
 * Of each profile in each timed scenario, of the first round: where something was at its limit, or should have been. On
 * a machine that is busy with other work, rates that were asked for say one thing all together.
 */
export function limitsOf(record: RunRecord): readonly { name: string; text: string }[] {
  const told = record.cells.filter(isJudged).flatMap((cell) => {
    const { limit, performance } = cell;
    if (limit === null || isControl(cell) || cell.round > 1) return [];
    const isClosed =
      performance.status !== 'untimed' && performance.figures.targetRatePerSecond === 0;
    if (limit.side === 'none' && !isClosed) return [];
    const name = `${profileName(cell)} in ${cell.scenario}`;
    return [{ name, limit, isCrowded: limit.side === 'machine' && !isClosed }];
  });
  const crowded = told.filter(({ isCrowded }) => isCrowded);
  const alone = crowded.length > 1 ? told.filter(({ isCrowded }) => !isCrowded) : told;
  const [first] = crowded;
  return [
    ...alone.map(({ name, limit }) => ({ name, text: limitText(limit) })),
    ...(first !== undefined && crowded.length > 1
      ? [
          {
            name: `${first.name} and ${crowded.length - 1} more`,
            text: crowdText(crowded.map(({ limit }) => limit)),
          },
        ]
      : []),
  ];
}

function crowdText(limits: readonly LimitRecord[]): string {
  const most = (shares: readonly (number | null)[]): string =>
    `${Math.round(Math.max(0, ...shares.map((share) => share ?? 0)) * 100)} %`;
  const broker = most(limits.map(({ brokerThread }) => brokerThread));
  const client = most(limits.map(({ clientThread }) => clientThread));
  return `${sideText.machine}; no broker thread took more than ${broker} of one, no client thread more than ${client}`;
}

/** What the highest rate of a search ran into. */
export function limitOfSearch({ points }: SearchRecord): string | undefined {
  const highest = points
    .filter(({ limit }) => limit !== null)
    .toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)
    .at(-1);
  if (highest === undefined || highest.limit === null) return undefined;
  return `limit at ${highest.ratePerSecond}/s: ${limitText(highest.limit)}`;
}
