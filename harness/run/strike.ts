import type { BrokerNode } from '../../engines/provisioner.ts';
import { invariant } from '../core/errors.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';
import { within } from './within.ts';

/** A killed process may linger for a moment until its parent has looked at it. */
const goneMs = 2_000;
const gonePollMs = 10;
const strikeMs = 30_000;
const stopMs = 60_000;
/** Recovery of what a broker had stored included. */
const restartMs = 180_000;

export interface Struck {
  readonly pid: number;
  /** What ended the process. */
  readonly signal: string;
  /** What went with its power; undefined where it kept that. */
  readonly lostBytes: number | undefined;
  readonly wasRunning: boolean;
  /** Nobody had anything to send any more. */
  readonly loadWasOver: boolean;
}

/** Ends a node's process, with its power or without. */
export async function strike(
  node: Pick<BrokerNode, 'name' | 'pid' | 'kill' | 'losePower'>,
  by: 'kill' | 'power-loss',
  { environment: { isRunning, signal }, troupe }: Stage,
): Promise<Struck> {
  const pid = node.pid();
  const wasRunning = isRunning(pid);
  const loadWasOver = troupe.livingProducers().length === 0;
  if (by === 'kill') {
    const killed = await within(node.kill(), 'kill', strikeMs, signal);
    return { pid, wasRunning, loadWasOver, signal: killed.signal, lostBytes: undefined };
  }
  invariant(node.losePower !== undefined, `${node.name} cannot lose its power, and was planned to`);
  const lost = await within(node.losePower(), 'power loss', strikeMs, signal);
  return { pid, wasRunning, loadWasOver, signal: lost.signal, lostBytes: lost.lostBytes };
}

/** Whether the process, which ran, was seen to be gone: not only told to go. */
export async function seenGone(
  { pid, wasRunning }: Struck,
  { environment: { isRunning, signal } }: Stage,
): Promise<boolean> {
  const isGone = await waitUntil(() => !isRunning(pid), goneMs, gonePollMs, signal);
  return wasRunning && isGone;
}

export interface Stopped {
  /** Its process, which ran, was seen to be gone. */
  readonly gone: boolean;
  /** It did not end in time, and was killed. */
  readonly forced: boolean;
}

/** Asks a node to end, as an operator would. */
export async function stopInOrder(node: BrokerNode, stage: Stage): Promise<Stopped> {
  const { isRunning, signal } = stage.environment;
  const pid = node.pid();
  const wasRunning = isRunning(pid);
  const end = await within(node.stop(), 'stop', stopMs, signal);
  const isGone = await waitUntil(() => !isRunning(pid), goneMs, gonePollMs, signal);
  return { gone: isGone && wasRunning, forced: end?.signal === 'SIGKILL' };
}

export async function restart(
  node: Pick<BrokerNode, 'restart'>,
  { environment }: Stage,
): Promise<void> {
  await within(node.restart(), 'restart', restartMs, environment.signal);
}
