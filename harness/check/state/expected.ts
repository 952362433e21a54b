import type { MessageState } from './message-state.ts';

/**
 * The messages that a group must get, by words of 32: those of lanes whose route leads to it. Only
 * subscriptions must get anything. Made in a check's `create`, read in its `finish`.
 */
export function expectedWords(
  state: MessageState,
): (group: number, lane: number, word: number) => number {
  const { groups, routes } = state.facts;
  return (group, lane, _word) => {
    if (groups[group]?.role !== 'subscription') return 0;
    const route = routes[state.lanes.routeOf(lane)];
    return route === undefined || route.groups.includes(group) ? -1 : 0;
  };
}
