import { describe, expect, it } from 'vitest';
import { redpandaDialect } from '../../../engines/redpanda/dialect.ts';
import engine from '../../../engines/redpanda/engine.ts';
import { redpandaOptions } from '../../../engines/redpanda/options.ts';
import { profiles } from '../../../engines/redpanda/profiles.ts';
import { failureAt } from '../../../engines/kafka/access.ts';

const login = { ACKMARK_REDPANDA_USERNAME: 'me', ACKMARK_REDPANDA_PASSWORD: 'mine' };
const target = engine.external?.('redpanda+ssl://panda.example', login);
if (target === undefined) throw new Error('it runs elsewhere');

describe('who answers a client of Redpanda', () => {
  const dialect = redpandaDialect('off');

  it('is Redpanda where the id of its cluster says so, also while it has none yet', () => {
    for (const id of ['redpanda.6f7c0e2e-1fd1', 'redpanda.initializing']) {
      expect(dialect.answering(target, id)).toEqual({
        title: 'Redpanda of unknown version at panda.example:9092',
      });
    }
  });

  it.each(['MkU3OEVBNTcwNTJENDM2Qk', '', 'redpanda', 'my-redpanda.1', 'Redpanda.1'])(
    'is not called Redpanda where it is %j, and nothing is claimed of it',
    (id) => {
      const told = dialect.answering(target, id);
      expect(told?.title).toBe('Kafka protocol, not Redpanda, at panda.example:9092');
      expect(told?.nothingClaimed).toContain(JSON.stringify(id));
    },
  );

  it('is told with its id in printable characters alone', () => {
    const told = dialect.answering(target, `\u001b[2J${'x'.repeat(500)}`);
    expect(told?.nothingClaimed).toMatch(/^[ -~]{1,200}$/);
  });
});

describe('write caching', () => {
  const on = redpandaDialect('on');
  const off = redpandaDialect('off');

  it('is asked for by its profile alone, and of nobody but Redpanda', () => {
    const { kafka } = profiles['acks-all'].options;
    expect(on.topicSettings(kafka, 2)).toEqual([{ name: 'write.caching', value: 'true' }]);
    expect(off.topicSettings(kafka, 2)).toEqual([]);
    expect(() => on.answering(target, 'of-kafka')).toThrow(/has no write caching/);
  });

  it('that is not as the profile has it is refused, since it decides what an acknowledgement is worth', () => {
    const caching = (value: string) => [{ name: 'write.caching', value }];
    expect(() => off.requireTopic(target, caching('true'))).toThrow(/write caching is true/);
    expect(() => on.requireTopic(target, caching('disabled'))).toThrow(/write caching is disabled/);
    for (const value of ['false', 'disabled']) off.requireTopic(target, caching(value));
    on.requireTopic(target, caching('true'));
  });

  it('that a version does not know is off', () => {
    expect(() => off.requireTopic(target, [])).not.toThrow();
  });
});

describe('a Redpanda elsewhere', () => {
  it('is let into by variables of its own, which are no part of what is recorded', () => {
    const { settings, ...recorded } = target;
    expect(settings).toMatchObject({ tls: 'true', username: 'me', password: 'mine' });
    expect(JSON.stringify(recorded)).not.toContain('mine');
    expect(() => engine.external?.('kafka://panda.example', {})).toThrow(/host or host:port/);
  });

  it('is told of by its own scheme and variables, and not by a name that it may not have', () => {
    const error = failureAt(target, 'cannot reach it', new Error('Broker requires TLS.'));
    expect(error.message).toBe('what listens at panda.example:9092 wants TLS');
    expect(error.hint).toContain('redpanda+ssl://');
  });
});

describe('the profiles of redpanda', () => {
  it('hold options that can be had, and name the document that says so', () => {
    for (const { options, source } of Object.values(profiles)) {
      expect(redpandaOptions.parse(options)).toEqual(options);
      expect(source).toMatch(/^https:\/\/docs\.redpanda\.com\/.* \(Redpanda 26\.1\)$/);
    }
  });

  it('claim power loss where a majority has synced, and there alone', () => {
    const claiming = Object.entries(profiles).filter(([, { claimedUnder }]) =>
      claimedUnder.some((fault) => fault === 'power-loss'),
    );
    expect(claiming.map(([name]) => name)).toEqual(['acks-all']);
  });
});
