import { describe, test } from 'vitest';
import { targetDeviations } from '../../../engines/kinesis/deviations.ts';
import kinesis from '../../../engines/kinesis/engine.ts';
import { kinesisLocalProvisioner } from '../../../engines/kinesis/kinesis-local.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { live } from '../live-target.ts';

const deviations = Object.fromEntries(
  targetDeviations
    .filter(({ target }) => target === 'kinesis-local')
    .flatMap(({ id, cases }) => cases.map((name) => [name, id] as const)),
);

if (live) {
  contractSuite('kinesis@shards on kinesis-local', {
    engine: kinesis,
    module: new URL('../../../engines/kinesis/engine.ts', import.meta.url),
    profile: 'shards',
    target: () => bringUp(kinesisLocalProvisioner),
    quietMs: 600,
    deviations,
  });
} else {
  describe.skip('needs nothing but time: set ACKMARK_LIVE=1', () => {
    test('the contract suite on kinesis-local', () => undefined);
  });
}
