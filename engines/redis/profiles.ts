import type { FaultDomain } from '../../harness/core/clauses.ts';
import type { Profile } from '../engine.ts';
import type { RedisOptions } from './options.ts';

const document = 'https://redis.io/docs/latest';
const version = '(Redis 8.0)';

const persistence = `${document}/operate/oss_and_stack/management/persistence/ (append-only file)`;

const base: RedisOptions = {
  appendFsync: 'everysec',
  acknowledgement: 'explicit',
  waitForReplicas: 0,
  maxLength: 0,
  claimAfterMs: 5_000,
  answerTimeoutMs: 5_000,
  resend: 'harness',
  bufferBytes: 16_777_216,
};

/**
 * A server that syncs every second answers before it has written: it puts the write itself off for as long as a sync
 * is under way, two seconds at most, and its document promises no more than to lose at most a second. So a crash of
 * the process alone is claimed only where the sync comes first. Replication is asynchronous by its own document
 * (operate/oss_and_stack/management/replication/), and WAIT `does not make Redis a strongly consistent store`
 * (commands/wait/): nobody claims the loss of a node. Power loss is claimed by no profile, because there is no node
 * here whose power could be taken.
 */
const crashOfClient = ['none', 'client-crash', 'connection-loss'] as const;
const anyCrash = [...crashOfClient, 'process-crash'] as const satisfies readonly FaultDomain[];

export const profiles = {
  'no-ack': {
    summary: 'a group reads with NOACK: what is handed out is taken for processed',
    level: 'at-most-once',
    promises: [],
    claimedUnder: crashOfClient,
    waived: [],
    deviations: [],
    consumption: 'automatic',
    source: `${document}/commands/xreadgroup/ (NOACK) ${version}`,
    options: { ...base, acknowledgement: 'none', resend: 'nobody' },
  },
  everysec: {
    summary: 'a group acknowledges; the append-only file is synced every second',
    level: 'at-least-once',
    promises: [],
    claimedUnder: crashOfClient,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/commands/xreadgroup/ (pending entries) ${version}`,
    options: base,
  },
  'fsync-always': {
    summary: 'as everysec; the append-only file is synced before a send is answered',
    level: 'at-least-once',
    promises: [],
    claimedUnder: anyCrash,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${persistence} ${version}`,
    options: { ...base, appendFsync: 'always' },
  },
  wait: {
    summary: 'as everysec; a batch of sends is acknowledged when a replica has it, too (WAIT)',
    level: 'at-least-once',
    promises: [],
    claimedUnder: crashOfClient,
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/commands/wait/ (consistency and WAIT) ${version}`,
    options: { ...base, waitForReplicas: 1 },
  },
  trimmed: {
    summary: 'as everysec; of more than 2,000 entries the oldest are trimmed, read or not',
    level: 'at-least-once',
    promises: [],
    claimedUnder: crashOfClient,
    // What a consumer holds when it dies may be trimmed before another can claim it.
    waived: (['D1', 'D10'] as const).map((clause) => ({
      clause,
      because: `MAXLEN evicts the oldest entries, whoever has not read or acknowledged them: ${document}/commands/xadd/ (capped streams)`,
    })),
    deviations: [],
    consumption: 'settle-after-processing',
    source: `${document}/commands/xadd/ (capped streams) ${version}`,
    options: { ...base, maxLength: 2_000 },
  },
} as const satisfies Readonly<Record<string, Profile<RedisOptions>>>;
