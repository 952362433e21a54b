import { createServer } from 'node:net';
import { AckmarkError } from '../core/errors.ts';

/**
 * Hands out ports that the kernel called free, and never the same one twice. `first` is the port that the
 * user asked for; a provisioner takes its clients' port first.
 */
export function createPortSource(first: number | undefined): () => Promise<number> {
  const given = new Set<number>();
  return async () => {
    if (first !== undefined && !given.has(first)) {
      given.add(first);
      return takePort(first);
    }
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const port = await askKernel();
      if (!given.has(port)) {
        given.add(port);
        return port;
      }
    }
    throw new AckmarkError('PORT_BUSY', 'no free port on 127.0.0.1', {
      hint: 'Free some of the ephemeral ports (sysctl net.ipv4.ip_local_port_range).',
    });
  };
}

async function takePort(port: number): Promise<number> {
  try {
    return await bindOnce(port);
  } catch (cause) {
    throw new AckmarkError('PORT_BUSY', `port ${port} of 127.0.0.1 cannot be used`, {
      hint: `Stop what listens there (ss -ltnp 'sport = :${port}'), or name another --port.`,
      cause,
    });
  }
}

function askKernel(): Promise<number> {
  return bindOnce(0);
}

function bindOnce(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
