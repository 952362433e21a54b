import { ClientCode } from '../embedded/outcomes.ts';
import { keep, type QueuedSend } from '../embedded/outgoing.ts';
import { messageBytes } from '../embedded/protocol/batch.ts';
import { Status } from '../embedded/protocol/protocol.ts';
import type { Outgoing } from '../engine.ts';
import type { Route, Router } from './routing.ts';
import { sendLimit } from './traits.ts';

/** A message of a call: where it goes, or why the log cannot carry it. */
export type Admitted =
  | ({ readonly kind: 'send'; readonly send: QueuedSend } & Route)
  | { readonly kind: 'refuse'; readonly ticket: number; readonly code: number };

/**
 * Copies and routes the messages of one call.
 * @param refused why none of them may be sent now, whatever it is
 */
export function admit(
  batch: readonly Outgoing[],
  router: Router,
  refused?: number,
): readonly Admitted[] {
  router.nextCall();
  return batch.map((message) => {
    if (refused !== undefined) return { kind: 'refuse', ticket: message.ticket, code: refused };
    const route = router.route(message);
    const send = keep(message);
    const { ticket } = send;
    if (route === undefined) return { kind: 'refuse', ticket, code: ClientCode.notOffered };
    if (messageBytes(send) > sendLimit.bytes)
      return { kind: 'refuse', ticket, code: Status.tooLarge };
    return { kind: 'send', ...route, send };
  });
}
