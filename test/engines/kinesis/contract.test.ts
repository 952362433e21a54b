import { targetDeviations } from '../../../engines/kinesis/deviations.ts';
import kinesis from '../../../engines/kinesis/engine.ts';
import { kinesaliteProvisioner } from '../../../engines/kinesis/kinesalite.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

const deviations = Object.fromEntries(
  targetDeviations
    .filter(({ target }) => target === 'kinesalite')
    .flatMap(({ id, cases }) => cases.map((name) => [name, id] as const)),
);

/** The others differ by what a call takes, or by retries, and have tests of their own. */
contractSuite('kinesis@shards on kinesalite', {
  engine: kinesis,
  module: new URL('../../../engines/kinesis/engine.ts', import.meta.url),
  profile: 'shards',
  target: () => bringUp(kinesaliteProvisioner),
  // Shards are read every quarter of a second.
  quietMs: 600,
  deviations,
});
