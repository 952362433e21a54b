import type { FaultDomain } from '../../../harness/core/clauses.ts';
import { Dice } from '../../embedded/simulation/dice.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { Troubles } from '../../embedded/simulation/troubles.ts';
import type { Mark, SimulatedWorld } from '../../simulation.ts';
import type { profiles } from '../profiles.ts';

export const profileNames = [
  'acks-0',
  'acks-1',
  'acks-all',
  'idempotent',
] as const satisfies readonly (keyof typeof profiles)[];

export type ProfileName = (typeof profileNames)[number];

/** What happens to producers and consumers, on whatever the log runs. */
export const clientMarks: readonly Mark[] = [
  'clocks disagreed',
  'a producer sent a batch again',
  'an idempotent producer was refused and went on as another',
  'a commit was refused',
  'a consumer died',
  'a producer died',
  'a producer came late',
  'a consumer stood still',
  'a consumer stood still with work to commit',
  'a member was removed from its group',
  'only what changed hands was revoked',
  'a topic got more partitions',
  'a member got more and kept what it had',
  'a static member got back what it had',
  'a static member was fenced by its successor',
  'a rebalance while the broker was down',
  'retention removed what a reader came for',
  'compaction removed older messages of a key',
];

/** What a log is played on, and what is promised there. */
export interface LogSetting {
  readonly broker: SimulatedBroker;
  readonly profile: ProfileName;
  /** Messages that come, are sent and are worked on at a time. */
  readonly bulk: number;
  /** The profile and what else matters, as the report has it. */
  readonly title: string;
  readonly claimedUnder: readonly FaultDomain[];
  readonly troubles: Troubles;
  /** How long until the broker takes requests, when nothing goes wrong. */
  readonly startMs: number;
  readonly start: () => void;
  readonly planOutages: () => void;
  /** Everything runs, and all that is stored can be read. */
  readonly isWhole: () => boolean;
  /** It never loses what it knows of its producers, whatever has befallen it. */
  readonly remembersProducers: () => boolean;
}

/** Messages at a time, of the few plays in which clients have many in hand. */
const someBulks = [16, 64] as const;
/** A batch as an entry of the journal: its head, and each message with its row, key and body. */
export function largestEntryBytes(bulk: number): number {
  return 600 + 40 * bulk;
}

/** Mostly 1. */
export function someBulk(world: SimulatedWorld): number {
  const dice = new Dice(world.random('bulk'));
  return dice.happens(0.03) ? dice.oneOf(someBulks) : 1;
}
