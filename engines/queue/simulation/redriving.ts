import { JournalError } from '../../embedded/journal/commit-log.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import {
  readIds,
  type RedriveRequest,
  writeRedrive,
} from '../../embedded/protocol/queue-messages.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { Ledger } from './ledger.ts';

const againNs = 20e6;
/** No sync takes so long: the broker died with the request. */
const answerNs = 100e6;

/** Moves dead letters back, as soon as the broker is up and has room for the news. */
export function redrive(
  world: SimulatedWorld,
  node: SimulatedNode,
  ledger: Ledger,
  request: RedriveRequest,
): void {
  if (node.isUp && isTaken(world, node, ledger, request)) return;
  world.agenda.after(againNs, () => redrive(world, node, ledger, request));
}

function isTaken(
  world: SimulatedWorld,
  node: SimulatedNode,
  ledger: Ledger,
  request: RedriveRequest,
): boolean {
  let isAnswered = false;
  const { nowNs } = world.agenda;
  try {
    node.tell(Api.redrive, writeRedrive(new ByteWriter(), request).finish(), (body) => {
      isAnswered = true;
      const ids = readIds(body);
      ledger.redriven(ids, nowNs);
      if (ids.length > 0) world.mark('dead letters were redriven');
    });
  } catch (error) {
    if (error instanceof JournalError) return false;
    throw error;
  }
  world.agenda.after(answerNs, () => {
    if (!isAnswered) ledger.redriven(undefined, nowNs);
  });
  return true;
}
