import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
  type RouteFacts,
} from '../../../harness/core/facts.ts';
import { encodeHeaders } from '../../embedded/protocol/batch.ts';
import type { MessageFilter } from '../../embedded/protocol/message-filter.ts';
import type { LaneRoute } from './producer.ts';

/** What each queue of the topic asks for, by its group. */
export const filters: readonly MessageFilter[] = [
  [{ header: 'kind', is: 'prefix-of', values: ['order'] }],
  [{ header: 'kind', is: 'one-of', values: ['order.eu', 'audit'] }],
  [{ header: 'kind', is: 'none-of', values: ['audit'] }],
  [
    { header: 'kind', is: 'present', values: [] },
    { header: 'test', is: 'absent', values: [] },
  ],
];

interface Route extends RouteFacts {
  readonly headers: Readonly<Record<string, string>> | undefined;
}

function route(headers: Route['headers'], groups: readonly number[]): Route {
  return { headers, groups, mandatory: false };
}

/** Where a message with these headers goes: the reference that the broker is compared with, written by hand. */
const routes: readonly Route[] = [
  route({ kind: 'order.eu' }, [0, 1, 2, 3]),
  route({ kind: 'order.us', test: 'yes' }, [0, 2]),
  route({ kind: 'audit' }, [1, 3]),
  route({ kind: 'other' }, [2, 3]),
  route({ test: 'yes' }, []),
  route(undefined, []),
];

export const laneRoutes: readonly LaneRoute[] = routes.map(({ headers }, number) => {
  return { route: number, headers: encodeHeaders(headers) };
});

/** What a play of the topic tells the checks. @param skewMs what the broker's clock may be off by within a lease */
export function topicFacts(skewMs: number): CellFacts {
  return {
    ...plainFacts,
    groups: filters.map(() => ({ ...plainGroup, filtered: true })),
    routes: routes.map(({ groups, mandatory }) => ({ groups, mandatory })),
    leased: true,
    bounds: {
      ...defaultBounds,
      skewMs: defaultBounds.skewMs + skewMs,
      leaseSlackMs: 5_000,
      stallMs: 2_000,
      recoveryMs: 2_000,
    },
  };
}
