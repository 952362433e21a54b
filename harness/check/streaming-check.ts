import type { EventKind } from '../core/events.ts';
import type { Check } from './check.ts';

/** A check over the shared state of the messages: it is shown only the kinds it listens to. */
export interface StreamingCheck extends Check {
  readonly listensTo: readonly EventKind[];
}
