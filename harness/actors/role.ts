import type { Engine } from '../../engines/engine.ts';
import type { Clock } from '../core/clock.ts';
import { AckmarkError, describeError, InvariantError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { EventSink } from '../history/sink.ts';
import type { ActorReport } from './actor.ts';

/** Everything ambient that a role needs; the worker's entry makes it. */
export interface RoleContext {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  /** Layout: `CounterSlot`. */
  readonly counters: Float64Array;
  /** User and system time of this thread so far. */
  cpuMicros(): number;
}

/** One actor inside its worker. */
export interface Role {
  /** Opens the first session; rejects with CONNECT_FAILED or with what the engine's contract check found. */
  open(): Promise<void>;
  start(atNs: number): void;
  finish(): void;
  /** Resolves when everything that the engine had sent before has been delivered; see `Actor.fence`. */
  fence(): Promise<boolean>;
  /** Rejects when the actor cannot go on. */
  readonly ended: Promise<ActorReport>;
}

/** The event code of an outcome that the harness decided because no answer came in time. */
export const noAnswerCode = 0xffff;

/** Watermarks of idle actors, so that nobody's silence holds up the merge. */
export const watermarkEveryMs = 20;

export function engineBrokeContract(name: string, how: string, cause?: unknown): AckmarkError {
  return new AckmarkError('ENGINE_BROKE_CONTRACT', `${name}: ${how}`, {
    hint: 'This is a defect of the engine module: run the contract suite against it.',
    cause,
  });
}

/** Whatever was thrown inside an actor, as an error of the closed list (or as the bug it is). */
export function actorFailure(name: string, error: unknown): Error {
  if (error instanceof AckmarkError || error instanceof InvariantError) return error;
  return new AckmarkError('ACTOR_FAILED', `${name}: ${describeError(error)}`, {
    hint: 'Something in the engine module or its client threw outside every call; its stack is the cause.',
    cause: error instanceof Error ? error.stack : error,
  });
}

/** @returns whether `promise` settled well within the time; its own failure counts as not. */
export async function endsWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const well = promise.then(
    () => true,
    () => false,
  );
  const result = await Promise.race([well, late]);
  clearTimeout(timer);
  return result;
}
