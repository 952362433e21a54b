import type { EventKind, EventRecord } from '../../core/events.ts';

/**
 * State that several checks of a family share, made by the first of them that applies to the cell and folded
 * once for each event of its kinds: after the messages' state, before every check.
 */
export interface StatePart {
  readonly listensTo: readonly EventKind[];
  fold(event: EventRecord): void;
  /** Memory held. */
  bytes(): number;
}
