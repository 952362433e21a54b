import { createClient } from '@redis/client';
import { addressOf } from '../../../engines/redis/address.ts';
import { failOn, type Open } from './open.ts';

/** A command for each entry, those of a turn in one write; a client that loses its connection would connect again. */
export const openRedis: Open = async (data, bodyOf, acknowledged) => {
  const [server] = addressOf(data.target).servers;
  if (server === undefined) throw new Error('no server');
  const client = createClient({
    RESP: 2,
    socket: { ...server, reconnectStrategy: false },
    // Its own would cost a timer for each command.
    commandOptions: { timeout: 0 },
  });
  client.on('error', failOn);
  await client.connect();
  const stream = data.deployed.topology.destinations[0]?.name ?? '';
  const added = (): void => acknowledged(1);
  return {
    publish: (first, count) => {
      for (let i = first; i < first + count; i += 1) {
        client.sendCommand(['XADD', stream, '*', 'b', bodyOf(i)]).then(added, failOn);
      }
    },
    close: () => client.close(),
  };
};
