import { BroadcastChannel } from 'node:worker_threads';
import type { Backlog } from '../../../engines/engine.ts';
import type { FromBroker } from './broker.ts';

/** Asks the broker on a channel how much it holds. */
export async function askDepth(name: string): Promise<Backlog> {
  const channel = new BroadcastChannel(name);
  try {
    return await new Promise((resolve) => {
      channel.onmessage = (event: unknown) => {
        const message = (event as { readonly data: FromBroker }).data;
        if (message.kind !== 'depth' || !('to' in message)) return;
        resolve({ by: 'exact-depth', ready: message.ready, inFlight: message.inFlight });
      };
      channel.postMessage({ kind: 'depth', from: 'administration' });
    });
  } finally {
    channel.close();
  }
}
