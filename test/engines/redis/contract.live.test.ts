import { describe, test } from 'vitest';
import engine from '../../../engines/redis/engine.ts';
import { contractSuite } from '../../contract/suite.ts';
import { live, startLiveRedis, whyNotLive } from './live-redis.ts';

/** What the other profiles add is a setting of the server, or a WAIT, and has tests of its own. */
const unlike = ['everysec', 'no-ack'];

if (live) {
  for (const profile of unlike) {
    contractSuite(`redis@${profile} on a real server`, {
      engine,
      module: new URL('../../../engines/redis/engine.ts', import.meta.url),
      profile,
      target: async () => {
        const { up, down } = await startLiveRedis();
        return { target: up.target, down };
      },
    });
  }
} else {
  describe.skip(whyNotLive, () => {
    test('the contract suite on a real server', () => undefined);
  });
}
