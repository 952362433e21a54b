import type { Backlog, ScopeEnd } from '../../engines/engine.ts';
import { comparePositions, type Position } from '../core/position.ts';

/** Control records stand at the end of a scope as well, and nobody reads them: its end may never be reached exactly. */
const longQuietMs = 10_000;
/** Where nothing says how much there is. */
const quietMs = 5_000;

/** Where a copy stood; undefined where the broker does not say so. */
export interface Placed {
  readonly scope: number;
  readonly position: Position | undefined;
}

/** What tells a reader that it has read all that there is. */
export type ReadingEnd =
  | { readonly by: 'ends'; readonly ends: readonly ScopeEnd[] }
  | { readonly by: 'depth'; readonly depth: number }
  | { readonly by: 'silence'; readonly mustCome: boolean };

/**
 * @param backlog of the consumers, before the reader asked for anything
 * @param isShared whether the reader is given what they would be given: of a group of its own their depth says nothing
 * @param mustCome whether there is something for it, however much
 */
export function readingEndOf(
  backlog: Backlog,
  { isShared, mustCome }: { readonly isShared: boolean; readonly mustCome: boolean },
): ReadingEnd {
  if (backlog.by === 'end-position' && backlog.ends.length > 0) {
    return { by: 'ends', ends: backlog.ends };
  }
  if (backlog.by === 'exact-depth' && isShared && backlog.ready > 0) {
    return { by: 'depth', depth: backlog.ready };
  }
  return { by: 'silence', mustCome };
}

/**
 * Where something has to come, silence says nothing before the first copy: on a slow machine that one takes long.
 * @param silentMs since the last copy, or since the reader asked for the first
 */
export function isRead(end: ReadingEnd, copies: readonly Placed[], silentMs: number): boolean {
  switch (end.by) {
    case 'ends':
      return end.ends.every((one) => isReached(copies, one)) || isQuiet(copies, silentMs);
    case 'depth':
      return copies.length >= end.depth || isQuiet(copies, silentMs);
    case 'silence':
      return silentMs > quietMs && (copies.length > 0 || !end.mustCome);
  }
}

const isQuiet = (copies: readonly Placed[], silentMs: number): boolean =>
  copies.length > 0 && silentMs > longQuietMs;

function isReached(copies: readonly Placed[], { scope, end }: ScopeEnd): boolean {
  const last = copies.findLast((copy) => copy.scope === scope)?.position;
  if (last === undefined) return false;
  return comparePositions({ major: last.major + 1, minor: 0 }, end) >= 0;
}
