import { type EventRecord, noLane } from '../../core/events.ts';
import type { HistoryPass } from '../history-pass.ts';
import { blockPositions, offsetInBlock, type PositionBlocks } from './position-blocks.ts';

/** 32 MiB of positions a pass, and the passes that a history is worth. */
const blocksPerPass = 64;
const mostPasses = 8;

/** A message that was observed at a position, and the one that had been there. */
export interface Conflict {
  readonly event: EventRecord;
  readonly lane: number;
  readonly seq: number;
}

export interface ResolverOptions {
  readonly blocks: PositionBlocks;
  /** Numbers of the blocks to decide. */
  readonly open: readonly number[];
  /** Whether an event is an observation of a message at a place. */
  readonly isObservation: (event: EventRecord) => boolean;
  readonly onConflict: (conflict: Conflict) => void;
}

class BlockMessages {
  readonly #lanes = new Uint32Array(blockPositions).fill(noLane);
  readonly #seqs = new Uint32Array(blockPositions);

  /** @returns the message that was there before, if it was another one */
  observe(event: EventRecord): Conflict | undefined {
    const at = offsetInBlock(event.positionMajor, event.positionMinor);
    const lane = this.#lanes[at] ?? noLane;
    const seq = this.#seqs[at] ?? 0;
    if (lane === noLane) {
      this.#lanes[at] = event.lane;
      this.#seqs[at] = event.seq;
      return undefined;
    }
    return lane === event.lane && seq === event.seq ? undefined : { event, lane, seq };
  }
}

/**
 * Decides blocks exactly, from a history that is shown again: for some blocks at a time it keeps the
 * message at every position. @returns the blocks for which the passes did not suffice
 */
export function resolveBlocks(history: HistoryPass, options: ResolverOptions): readonly number[] {
  const { open } = options;
  const decided = Math.min(open.length, blocksPerPass * mostPasses);
  for (let first = 0; first < decided; first += blocksPerPass) {
    resolveSome(history, options, open.slice(first, Math.min(first + blocksPerPass, decided)));
  }
  return open.slice(decided);
}

function resolveSome(
  history: HistoryPass,
  { blocks, isObservation, onConflict }: ResolverOptions,
  open: readonly number[],
): void {
  const messages = new Map(open.map((block) => [block, new BlockMessages()]));
  history((event) => {
    if (!isObservation(event)) return;
    const block = blocks.find(event.scope, event.positionMajor, event.positionMinor);
    const conflict = messages.get(block)?.observe(event);
    if (conflict !== undefined) onConflict(conflict);
  });
}
