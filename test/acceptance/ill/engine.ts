import { join } from 'node:path';
import type { Engine } from '../../../engines/engine.ts';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import mailbox, { type MailboxOptions } from '../mailbox/engine.ts';

const never = (): Promise<never> => Promise.reject(new Error('no fault strikes it'));

/** The mailbox engine on a node that says of itself that its environment is not well. */
export default {
  ...mailbox,
  id: 'ill',
  profiles: { drops: mailbox.profiles.drops },
  provisioners: {
    embedded: async () => {
      const { fetch, up } = await mailbox.provisioners.embedded();
      return {
        fetch,
        up: async (host, request) => {
          const node: BrokerNode = {
            name: 'ill node',
            dataDirectory: request.directory,
            logFile: join(request.directory, 'node.log'),
            pid: () => process.pid,
            kill: never,
            stop: never,
            restart: never,
            environmentFault: async () => 'it registers again and again',
          };
          return { ...(await up(host, request)), nodes: [node] };
        },
      };
    },
  },
} satisfies Engine<MailboxOptions>;
