import { describe, test } from 'vitest';
import engine from '../../../engines/rabbitmq/engine.ts';
import { adapterProfiles } from '../../contract/adapter-profiles.ts';
import { contractSuite } from '../../contract/suite.ts';
import { live, startLiveBroker, whyNotLive } from './live-broker.ts';

if (live) {
  for (const profile of adapterProfiles(engine)) {
    // Its queue and client are those of the two that add a delivery limit to it; a second consumer that waits is the
    // broker’s doing alone.
    if (profile === 'quorum' || profile === 'single-active') continue;
    contractSuite(`rabbitmq@${profile} on a real broker`, {
      engine,
      module: new URL('../../../engines/rabbitmq/engine.ts', import.meta.url),
      profile,
      target: async () => {
        const broker = await startLiveBroker();
        return { target: broker.up.target, down: broker.down };
      },
    });
  }
} else {
  describe.skip(whyNotLive, () => {
    test('the contract suite on a real broker', () => undefined);
  });
}
