import { join } from 'node:path';
import type { Engine } from '../../../engines/engine.ts';
import mailbox, { type MailboxOptions } from '../mailbox/engine.ts';

/** The mailbox engine on a broker that starts, says something and never answers. */
export default {
  ...mailbox,
  id: 'never-ready',
  profiles: { sound: mailbox.profiles.sound },
  provisioners: {
    embedded: async () => ({
      fetch: async () => {},
      up: async (host, request) => {
        const script =
          'console.log("waiting for a disk that is not there"); setInterval(() => {}, 1000)';
        const broker = await host.start({
          name: 'never-ready broker',
          command: host.nodeExecutable,
          arguments: ['-e', script],
          directory: request.directory,
          environment: {},
          logFile: join(request.directory, 'broker.log'),
        });
        try {
          await broker.ready(async () => {
            await broker.logged('waiting');
            return false;
          }, 1_500);
        } finally {
          await broker.stop(100);
        }
        throw new Error('it became ready');
      },
    }),
  },
} satisfies Engine<MailboxOptions>;
