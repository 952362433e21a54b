import type { CellFacts } from '../../core/facts.ts';
import { bindingsOf, type Bindings } from '../state/bindings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type Returns, returnsOf } from './returns.ts';
import { acknowledgedWords } from '../state/acknowledged.ts';

/** What the checks of routing know of the cell; made in their `create`, read in their `finish`. */
export interface Routed {
  readonly state: MessageState;
  readonly bindings: Bindings;
  readonly returns: Returns;
  readonly acknowledged: (lane: number, word: number) => number;
}

export function routedOf(state: MessageState): Routed {
  return {
    state,
    bindings: bindingsOf(state),
    returns: returnsOf(state),
    acknowledged: acknowledgedWords(state),
  };
}

/** Subscriptions whose messages a filter chooses, or those that get all that is routed to them. */
export type Choice = 'by route' | 'by filter';

export function subscriptionsOf({ groups }: CellFacts, choice: Choice): readonly number[] {
  return [...groups.keys()].filter((number) => {
    const group = groups[number];
    return group?.role === 'subscription' && group.filtered === (choice === 'by filter');
  });
}

export function whyNotRouted(facts: CellFacts, choice: Choice): string | undefined {
  if (facts.routes.length === 0) return 'no router is declared';
  if (subscriptionsOf(facts, choice).length > 0) return undefined;
  return choice === 'by filter'
    ? 'no subscription has a filter'
    : 'every subscription has a filter';
}

/** Visits the words of every lane that has a declared route. */
export function eachRoutedWord(
  { facts, lanes }: MessageState,
  visit: (lane: number, word: number) => void,
): void {
  for (let lane = 0; lane < lanes.size; lane += 1) {
    if (facts.routes[lanes.routeOf(lane)] === undefined) continue;
    for (let word = 0; word < lanes.wordsOf(lane); word += 1) visit(lane, word);
  }
}
