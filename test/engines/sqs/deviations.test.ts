import { describe, expect, test } from 'vitest';
import { sqliteProvisioner } from '../../../engines/aws/fauxqs.ts';
import { targetDeviations } from '../../../engines/sqs/deviations.ts';
import sqs from '../../../engines/sqs/engine.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';
import { contractSuite } from '../../contract/suite.ts';
import { bringUp } from '../embedded/bring-up.ts';

const of = (target: string) =>
  Object.fromEntries(
    targetDeviations
      .filter((deviation) => deviation.target === target)
      .flatMap(({ id, cases }) => cases.map((name) => [name, id] as const)),
  );

contractSuite('sqs@fifo on fauxqs with SQLite', {
  engine: sqs,
  module: new URL('../../../engines/sqs/engine.ts', import.meta.url),
  profile: 'fifo',
  target: () => bringUp(sqliteProvisioner),
  quietMs: 300,
  deviations: of('fauxqs-sqlite'),
});

describe('what is known of the targets', () => {
  test('what a profile excuses is told with the run that showed it', () => {
    const excused = Object.values(profiles).flatMap(({ deviations }) =>
      deviations.map(({ id, target }) => `${id} ${target}`),
    );
    const told = targetDeviations.map(({ id, target }) => `${id} ${target}`);
    expect(told).toEqual(expect.arrayContaining(excused));
    expect(excused).not.toEqual([]);
  });
});
