import { describe, expect, it } from 'vitest';
import { type ReleaseKind, releases } from '../../engines/rabbitmq/releases.ts';
import { hasReached } from '../../harness/core/version-order.ts';
import { whyNotReleased } from '../engines/rabbitmq/live-broker.ts';
import { cellOf, countOf, runInProcess } from './run-in-process.ts';

const byNack = 'rabbitmq@quorum-dead-letters/poison-message';
const byReject = 'rabbitmq@quorum-dead-letters-by-reject/poison-message';

const kinds = Object.keys(releases) as readonly ReleaseKind[];

describe.each(kinds)('messages that nobody can process, on the RabbitMQ of %s', (kind) => {
  const missing = whyNotReleased(kind);

  it.skipIf(missing !== '')(
    missing === ''
      ? 'are dead letters after as many deliveries as the version promises to who gives them back so'
      : missing,
    async () => {
      const engines = [byNack, byReject].map((id) => id.split('/')[0]).join(',');
      const run = await runInProcess(
        ...`--engine ${engines} --target ${kind} --scenario poison-message`.split(' '),
        ...'--seed 3 --no-controls --quiet'.split(' '),
      );
      expect(run.exitCode, run.story).toBe(0);
      const [, version = ''] = cellOf(run, byNack).target.title.split(' ');
      const isPromised = !hasReached(version, '4.3');
      expect(cellOf(run, byNack).promises).toEqual(isPromised ? ['dead-letter'] : []);
      if (isPromised) expect(countOf(run, byNack, 'Q3')).toBe(0);
      else expect(countOf(run, byNack, 'Q3')).toBeGreaterThan(100);
      expect(cellOf(run, byReject).promises).toEqual(['dead-letter']);
      expect(countOf(run, byReject, 'Q3'), run.story).toBe(0);
    },
    180_000,
  );
});
