import type { ErrorRecord } from '../core/errors.ts';
import type { PauseReport } from '../measure/thread-pauses.ts';
import type { ActorReport, ActorSpec, Holding } from './actor.ts';

/** What a worker is started with. */
export interface ActorWorkerData {
  readonly spec: ActorSpec;
  /** Layout: `CounterSlot`. */
  readonly counters: SharedArrayBuffer;
}

export type ToActor =
  | { readonly do: 'start'; readonly atNs: number }
  | { readonly do: 'finish' }
  | { readonly do: 'fence'; readonly id: number }
  | { readonly do: 'stall'; readonly durationMs: number }
  | { readonly do: 'freeze'; readonly holding: Holding; readonly atLeast: number };

export type FromActor =
  | { readonly is: 'ready' }
  | { readonly is: 'fenced'; readonly id: number; readonly well: boolean }
  | { readonly is: 'finished'; readonly report: ActorReport; readonly pauses: PauseReport }
  | { readonly is: 'failed'; readonly error: ErrorRecord };
