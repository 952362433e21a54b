import type { Duplex } from 'node:stream';

/**
 * Everything that is written to a connection in one turn of the event loop leaves in one system call. The client
 * writes every message by itself, which on loopback costs more than all else that it does for one.
 */
export function gatherWrites(connection: Duplex): void {
  const write = connection.write.bind(connection);
  let isGathering = false;
  const leave = (): void => {
    isGathering = false;
    connection.uncork();
  };
  const gather = (...written: Parameters<typeof write>): boolean => {
    if (!isGathering) {
      isGathering = true;
      connection.cork();
      queueMicrotask(leave);
    }
    return write(...written);
  };
  connection.write = gather as typeof connection.write;
}
