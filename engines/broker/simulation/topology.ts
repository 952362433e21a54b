import {
  type CellFacts,
  defaultBounds,
  type GroupFacts,
  plainFacts,
  type RouteFacts,
} from '../../../harness/core/facts.ts';
import type { Consumption } from '../../engine.ts';

/** What each queue of the play is bound to, by its group; the last has two bindings, one of them twice. */
export const bindingsOfQueues = [
  ['orders.#'],
  ['*.eu', '#.eu'],
  ['audit', 'orders.us'],
] as const satisfies readonly (readonly string[])[];

interface Route extends RouteFacts {
  readonly key: string;
}

/** Where a message with this key goes: the reference that the broker is compared with, written by hand. */
export const routes: readonly Route[] = [
  { key: 'orders.eu', groups: [0, 1], mandatory: false },
  { key: 'orders.us', groups: [0, 2], mandatory: true },
  { key: 'audit', groups: [2], mandatory: false },
  { key: 'orders', groups: [0], mandatory: false },
  { key: 'nobody.at.all', groups: [], mandatory: true },
];

/** The first queue has dead letters, if any has. */
export const mainGroup = 0;
export const deadLetterGroup = bindingsOfQueues.length;

export interface PlayedBroker {
  readonly consumption: Consumption;
  /** Of the first queue; 0: there are no dead letters. */
  readonly deliveryLimit: number;
}

/** What a play of the broker tells the checks. */
export function factsOf({ consumption, deliveryLimit }: PlayedBroker): CellFacts {
  const groups = bindingsOfQueues.map(
    (_, group): GroupFacts => ({
      role: 'subscription',
      reset: 'unknown',
      attempts: group === mainGroup ? deliveryLimit : 0,
      deadLetter: group === mainGroup && deliveryLimit > 0 ? deadLetterGroup : -1,
      requeueTo: 'original',
      filtered: false,
    }),
  );
  return {
    ...plainFacts,
    groups: deliveryLimit > 0 ? [...groups, { role: 'dead-letter', of: mainGroup }] : groups,
    consumption,
    routes: routes.map(({ groups: to, mandatory }) => ({ groups: to, mandatory })),
    bounds: { ...defaultBounds, stallMs: 2_000, recoveryMs: 2_000 },
  };
}
