import { createServer } from 'node:net';
import { AckmarkError } from '../core/errors.ts';

/** Below what Linux (32768), macOS and Windows (49152) give to outgoing connections. */
const lowest = 20_000;
const span = 12_000;
/** More ports than a cluster with its proxies takes; it shares no factor with the span. */
const stride = 61;

export interface PortOptions {
  /** The port that the user asked for; a provisioner takes its clients' port first. */
  readonly first?: number | undefined;
  /** Any whole number: sources with unlike ones look in unlike places. */
  readonly from: number;
}

/**
 * Hands out ports that were free a moment ago, and never the same one twice. A broker may take seconds to bind its
 * port, so none is given that the kernel could meanwhile give to an outgoing connection.
 */
export function createPortSource({ first, from }: PortOptions): () => Promise<number> {
  const given = new Set<number>();
  let next = (from * stride) % span;
  return async () => {
    if (first !== undefined && !given.has(first)) {
      given.add(first);
      return takePort(first);
    }
    for (let attempt = 0; attempt < span; attempt += 1) {
      const port = lowest + next;
      next = (next + 1) % span;
      if (!given.has(port) && (await isFree(port))) {
        given.add(port);
        return port;
      }
    }
    throw new AckmarkError('PORT_BUSY', 'no free port on 127.0.0.1', {
      hint: `Free some of the ports from ${lowest} to ${lowest + span - 1}.`,
    });
  };
}

async function takePort(port: number): Promise<number> {
  try {
    await bindOnce(port);
    return port;
  } catch (cause) {
    throw new AckmarkError('PORT_BUSY', `port ${port} of 127.0.0.1 cannot be used`, {
      hint: `Stop what listens there (ss -ltnp 'sport = :${port}'), or name another --port.`,
      cause,
    });
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    await bindOnce(port);
    return true;
  } catch {
    // Somebody else has it, which is what was asked.
    return false;
  }
}

function bindOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
