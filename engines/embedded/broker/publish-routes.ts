import type { Need } from '../journal/commit-log.ts';
import { type BatchView, decodeHeaders } from '../protocol/batch.ts';
import type { Keeps } from '../rules.ts';
import type { BrokerState } from './broker-state.ts';
import { routableOf } from './ledger.ts';
import type { PublishRequest } from './requests.ts';

/** Where the messages of a batch go. They are named by their index in it. */
export interface PublishRoutes {
  /** For each message the queues that get it. */
  readonly routes: readonly (readonly number[])[];
  /** Asked for `mandatory` and wanted by no queue. */
  readonly returned: readonly number[];
  /** A queue that should have got it is full: no queue gets it. */
  readonly refused: readonly number[];
}

/** @throws ProtocolError for headers that are none */
export function publishRoutes(
  state: BrokerState,
  { exchange, mandatory }: PublishRequest,
  batch: BatchView,
  keeps: Keeps,
): PublishRoutes {
  const returned: number[] = [];
  const refused: number[] = [];
  const coming = new Map<number, number>();
  const routes: (readonly number[])[] = [];
  for (let slot = 0; slot < batch.count; slot += 1) {
    decodeHeaders(batch.headers(slot));
    let queues = keeps('route-by-binding')
      ? state.exchanges.route(exchange, routableOf(batch, slot))
      : [...state.queues.keys()];
    if (queues.length === 0 && mandatory) returned.push(slot);
    const comingTo = (queue: number): number => (coming.get(queue) ?? 0) + 1;
    if (queues.some((id) => state.queues.get(id)?.refuses(comingTo(id)))) {
      refused.push(slot);
      queues = [];
    }
    for (const queue of queues) coming.set(queue, comingTo(queue));
    routes.push(queues);
  }
  return { routes, returned, refused };
}

/** What must have happened before the batch is confirmed: what the most careful of its queues asks for. */
export function needOfConfirm(state: BrokerState, { routes }: PublishRoutes, keeps: Keeps): Need {
  if (!keeps('confirm-when-replicated')) return 'leader';
  const isCareful = (id: number): boolean => state.queues.get(id)?.spec.confirms === 'majority';
  return routes.some((queues) => queues.some(isCareful)) ? 'committed' : 'leader';
}
