import { afterAll, describe, test } from 'vitest';
import engine from '../../../engines/pulsar/engine.ts';
import { contractSuite } from '../../contract/suite.ts';
import type { LiveTarget } from '../live-target.ts';
import { live, startLivePulsar, whyNotLive } from './live-pulsar.ts';

if (live) {
  // It takes half a minute to start: one stands for all profiles.
  let starting: Promise<LiveTarget> | undefined;
  afterAll(async () => (await starting)?.down());
  for (const profile of Object.keys(engine.profiles)) {
    contractSuite(`pulsar@${profile} on a real broker`, {
      engine,
      module: new URL('../../../engines/pulsar/engine.ts', import.meta.url),
      profile,
      target: async () => {
        starting ??= startLivePulsar();
        return { target: (await starting).up.target, down: () => Promise.resolve() };
      },
    });
  }
} else {
  describe.skip(whyNotLive, () => {
    test('the contract suite on a real broker', () => undefined);
  });
}
