import type { Administration, Deployed, Target, Topology } from '../engine.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { closeConnection, openConnection, productOf } from './connection.ts';
import { protectionOf } from './address.ts';
import type { NatsOptions } from './options.ts';
import { requireRights, subjectsOfCore } from './rights.ts';
import { traits } from './traits.ts';

/** Subjects need no making: there is nothing to create, nothing to count and nothing to remove. */
export async function administerCore(
  target: Target,
  options: NatsOptions,
): Promise<Administration> {
  const connection = await openConnection(target, { name: 'ackmark administration', first: 0 });
  const product = productOf(connection);
  return {
    apply: async (topology: Topology): Promise<Deployed> => {
      refuseUndeclared(topology, traits(options).capabilities);
      if (target.kind === 'external') {
        await requireRights(connection, target, subjectsOfCore(topology));
      }
      const effective = [
        ...(target.kind === 'external' ? [protectionOf(target, connection.info)] : []),
        `server: ${product}, ${target.nodes} ${target.nodes === 1 ? 'node' : 'nodes'}`,
        'core NATS: nothing is stored; a publish has no answer',
        'consumer: a queue group for each subscription, no acknowledgements',
        'client: no reconnection, TCP_NODELAY',
      ];
      return { topology, effective, settings: {} };
    },
    backlog: () => Promise.resolve({ by: 'quiescence' }),
    remove: () => Promise.resolve(),
    close: () => closeConnection(connection),
  };
}
