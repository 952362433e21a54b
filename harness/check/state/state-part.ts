import type { EventKind, EventRecord } from '../../core/events.ts';

/**
 * State that several checks of a family share, made by the first of them that applies to the cell and folded
 * once for each event of its kinds: after the messages' state, before every check.
 */
export interface StatePart {
  readonly listensTo: readonly EventKind[];
  /** As `Check.takesRuns`. What a part says of a run it says of its first event, and of the others what can differ is the checks' to know. */
  readonly takesRuns?: boolean;
  /** @param count as in `Check.fold` */
  fold(event: EventRecord, count?: number): void;
  /** Memory held. */
  bytes(): number;
}
