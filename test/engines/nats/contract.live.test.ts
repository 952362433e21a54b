import { describe, test } from 'vitest';
import engine from '../../../engines/nats/engine.ts';
import { contractSuite } from '../../contract/suite.ts';
import { live, startLiveNats, whyNotLive } from './live-nats.ts';

if (live) {
  for (const profile of Object.keys(engine.profiles)) {
    contractSuite(`nats@${profile} on a real server`, {
      engine,
      module: new URL('../../../engines/nats/engine.ts', import.meta.url),
      profile,
      target: async () => {
        const server = await startLiveNats();
        return { target: server.up.target, down: server.down };
      },
    });
  }
} else {
  describe.skip(whyNotLive, () => {
    test('the contract suite on a real server', () => undefined);
  });
}
