import type { Consumer, Delivery, Deployed, Start } from '../../engines/engine.ts';
import { AckmarkError } from '../core/errors.ts';
import { emptyHeader, readHeader } from '../core/message-header.ts';
import { randomFrom } from '../core/random.ts';
import { isBacklog } from './is-backlog.ts';
import { isRead, type Placed, type ReadingEnd, readingEndOf } from './reading-end.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';
import { within } from './within.ts';

/** Joining a group of nobody else included. */
const joinMs = 30_000;
const readMs = 30_000;
const closeMs = 10_000;
const pollMs = 10;
/** Beyond what the load has: what is stored twice is read twice. */
const spare = 10_000;

/** A message of the cell, as somebody found it who came later. */
export interface LaterCopy extends Placed {
  readonly message: string;
  readonly lane: number;
  readonly seq: number;
  readonly sentNs: number;
}

export interface LaterReading {
  readonly copies: readonly LaterCopy[];
  /** Whether it came to the end of what there was: what it did not get was not there then. */
  readonly isWhole: boolean;
}

/** Where a later reader stands: in a group of its own where there can be one, else with the consumers. */
export interface LaterStand {
  readonly name: string;
  readonly from: Start;
}

export function mayHaveOwnGroup({ cell }: Pick<Stage, 'cell'>): boolean {
  return cell.traits.capabilities.includes('replay');
}

/**
 * Comes with a session of its own, reads whatever it is given, settles nothing and goes. Where it has no group of its
 * own, what it had goes back when it is gone.
 */
export async function readLater(stage: Stage, stand: LaterStand): Promise<LaterReading> {
  const { signal } = stage.environment;
  const session = await within(stage.connect(contextOf(stage, stand)), 'connect', joinMs, signal);
  try {
    const copies: LaterCopy[] = [];
    const cut: unknown[] = [];
    const consumer = await joined(stage, stand, session, { copies, cut });
    const { messages } = stage.cell.scenario.workload.load;
    // Before anything is asked for, which is then no longer waiting.
    const backlog = await stage.administration.backlog(stage.deployed, 0);
    consumer.request(Math.min(messages + spare, stage.cell.traits.receiveLimit));
    const isOwn = mayHaveOwnGroup(stage);
    const mustCome = isOwn || isBacklog(stage);
    const end = readingEndOf(backlog, { isShared: !isOwn, mustCome });
    const isWhole = await untilOver(stage, end, { copies, cut });
    if (cut.length > 0) throw lostSession(cut[0]);
    await within(consumer.close(), 'close', closeMs, signal);
    return { copies, isWhole };
  } finally {
    await within(session.close(), 'close', closeMs);
  }
}

type LaterSession = Awaited<ReturnType<Stage['connect']>>;

async function joined(
  stage: Stage,
  { name, from }: LaterStand,
  session: LaterSession,
  { copies, cut }: { readonly copies: LaterCopy[]; readonly cut: unknown[] },
): Promise<Consumer> {
  const { deployed, subscription } = standingIn(stage, name);
  const joining = session.consumer?.(
    { deployed, subscription, start: from },
    {
      deliver: (batch) => copies.push(...copiesIn(batch, stage.history.run)),
      settled: () => undefined,
      assigned: () => undefined,
      revoking: async () => undefined,
      lost: () => undefined,
      scopeEnded: () => undefined,
      disconnected: (error) => cut.push(error),
    },
  );
  if (joining === undefined) {
    throw new AckmarkError('BAD_ENGINE', 'the session has no consumer', {
      hint: 'A session of this engine must offer `consumer`.',
    });
  }
  return within(joining, 'joining', joinMs, stage.environment.signal);
}

/** What it did not get may have been there: nothing is told of such a reading. */
function lostSession(cause: unknown): AckmarkError {
  return new AckmarkError('CONNECT_FAILED', 'a later reader lost its session', {
    hint: 'Run the cell alone with the replay command; the cause is below.',
    cause,
  });
}

function contextOf(stage: Stage, { name }: LaterStand): Parameters<Stage['connect']>[0] {
  const random = randomFrom(stage.cell.seed);
  return {
    name: `later-${stage.environment.brokerKey}-${stage.cell.index}-${name}`.slice(0, 60),
    nowNs: () => stage.environment.clock.nowNs(),
    random: () => random.unit(),
    signal: stage.environment.signal,
  };
}

function standingIn(
  stage: Stage,
  name: string,
): { readonly deployed: Deployed; readonly subscription: number } {
  const { deployed } = stage;
  const { subscriptions } = deployed.topology;
  const [consumers] = subscriptions;
  if (!mayHaveOwnGroup(stage) || consumers === undefined) return { deployed, subscription: 0 };
  const own = { ...consumers, name: `${consumers.name}-${name}` };
  const topology = { ...deployed.topology, subscriptions: [...subscriptions, own] };
  return { deployed: { ...deployed, topology }, subscription: subscriptions.length };
}

function copiesIn(batch: readonly Delivery[], run: number): readonly LaterCopy[] {
  const header = emptyHeader();
  return batch.flatMap(({ body, place }): LaterCopy[] => {
    if (readHeader(body, header) !== 'intact' || header.run !== run) return [];
    const { lane, seq, sentNs } = header;
    const message = `${lane}:${seq}`;
    return [{ scope: place?.scope ?? 0, position: place?.position, message, lane, seq, sentNs }];
  });
}

/** @returns whether it came to the end, or lost its session, before the time was over */
async function untilOver(
  { environment: { clock, signal } }: Stage,
  end: ReadingEnd,
  { copies, cut }: { readonly copies: readonly LaterCopy[]; readonly cut: readonly unknown[] },
): Promise<boolean> {
  let seen = 0;
  let sinceNs = clock.nowNs();
  const isOver = (): boolean => {
    if (copies.length !== seen) {
      seen = copies.length;
      sinceNs = clock.nowNs();
    }
    return cut.length > 0 || isRead(end, copies, (clock.nowNs() - sinceNs) / 1e6);
  };
  return waitUntil(isOver, readMs, pollMs, signal);
}
