import { createServer } from 'node:net';
import { AckmarkError } from '../core/errors.ts';

/** Hands out ports that the kernel called free, and never the same one twice. */
export function createPortSource(): () => Promise<number> {
  const given = new Set<number>();
  return async () => {
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

function askKernel(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
