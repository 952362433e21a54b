import * as fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../engines/engine.ts';
import {
  connectionText,
  loginFrom,
  tlsFrom,
  tlsOptionsOf,
  variableOf,
} from '../../../engines/external-access.ts';
import kafka from '../../../engines/kafka/engine.ts';
import nats from '../../../engines/nats/engine.ts';
import rabbitmq from '../../../engines/rabbitmq/engine.ts';
import redis from '../../../engines/redis/engine.ts';
import { AckmarkError, describeError } from '../../../harness/core/errors.ts';

const schemes: readonly (readonly [Pick<Engine, 'id' | 'external'>, string])[] = [
  [kafka, 'kafka://'],
  [kafka, 'kafka+ssl://'],
  [rabbitmq, 'amqp://'],
  [rabbitmq, 'amqps://'],
  [nats, 'nats://'],
  [nats, 'tls://'],
  [redis, 'redis://'],
  [redis, 'rediss://'],
];

function thrownBy(act: () => unknown): AckmarkError {
  try {
    act();
  } catch (error) {
    if (error instanceof AckmarkError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a login in a URL', () => {
  it.each(schemes)(
    'is refused by %# without being repeated, with where it belongs',
    (engine, scheme) => {
      fc.assert(
        fc.property(fc.stringMatching(/^[\w:%.~!-]{8,30}$/), (secret) => {
          const error = thrownBy(() =>
            engine.external?.(`${scheme}${secret}@broker.example:1`, {}),
          );
          expect(error.code).toBe('USAGE');
          expect(`${describeError(error)} ${error.hint}`).not.toContain(secret);
          expect(error.hint).toContain(variableOf(engine.id, 'PASSWORD'));
        }),
      );
    },
  );
});

describe('a login in the environment', () => {
  it.each(schemes)('is in nothing of the target of %# that is recorded', (engine, scheme) => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\S{8,30}$/),
        fc.stringMatching(/^\S{8,30}$/),
        (user, secret) => {
          const environment = {
            [variableOf(engine.id, 'USERNAME')]: user,
            [variableOf(engine.id, 'PASSWORD')]: secret,
          };
          const target = engine.external?.(`${scheme}broker.example:1`, environment);
          expect(target?.settings).toMatchObject({ username: user, password: secret });
          const { settings: _settings, ...recorded } = target ?? { settings: {} };
          expect(JSON.stringify(recorded)).not.toContain(JSON.stringify(secret).slice(1, -1));
          expect(JSON.stringify(recorded)).not.toContain(JSON.stringify(user).slice(1, -1));
        },
      ),
    );
  });

  it('is both halves or neither, and an empty half is none', () => {
    expect(loginFrom({}, 'kafka')).toBeUndefined();
    expect(loginFrom({ ACKMARK_KAFKA_USERNAME: '', ACKMARK_KAFKA_PASSWORD: '' }, 'kafka')).toBe(
      undefined,
    );
    const half = thrownBy(() => loginFrom({ ACKMARK_KAFKA_PASSWORD: 'planted-91' }, 'kafka'));
    expect(half.message).toBe('ACKMARK_KAFKA_PASSWORD is set and ACKMARK_KAFKA_USERNAME is not');
  });

  it('has names for engines of any name', () => {
    expect(variableOf('my-engine.v2', 'CA_FILE')).toBe('ACKMARK_MY_ENGINE_V2_CA_FILE');
  });
});

describe('PEM files of the environment', () => {
  let directory: string;
  let garbage: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-pem-'));
    garbage = join(directory, 'garbage.pem');
    writeFileSync(garbage, 'planted-91\n');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ['CA_FILE', 'holds no certificate'],
    ['CERTIFICATE_FILE', 'holds no certificate'],
    ['KEY_FILE', 'come together'],
  ] as const)('are tried before anything is connected: %s', (variable, message) => {
    const error = thrownBy(() =>
      tlsFrom({ [variableOf('nats', variable)]: garbage }, 'nats', true),
    );
    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
    expect(describeError(error)).not.toContain('planted-91');
  });

  it('that are not there are named, with the variable', () => {
    const missing = { ACKMARK_NATS_CA_FILE: join(directory, 'missing.pem') };
    expect(thrownBy(() => tlsFrom(missing, 'nats', true)).message).toMatch(
      /^ACKMARK_NATS_CA_FILE: .*missing\.pem cannot be read$/,
    );
  });

  it('are never left out of account: a URL without TLS is refused', () => {
    const error = thrownBy(() => tlsFrom({ ACKMARK_NATS_CA_FILE: garbage }, 'nats', false));
    expect(error.message).toBe('ACKMARK_NATS_CA_FILE is set, and this URL is one without TLS');
  });

  it('reach the socket under the names of Node, and the report only as a kind', () => {
    const settings = { tls: 'true', ca: 'A', certificate: 'B', key: 'C' };
    expect(tlsOptionsOf(settings)).toEqual({ ca: 'A', cert: 'B', key: 'C' });
    expect(tlsOptionsOf({ tls: 'false' })).toBeUndefined();
    expect(connectionText(settings, 'no login')).toBe(
      'connection: TLS, a private authority, client certificate, no login',
    );
    expect(connectionText({ tls: 'false' }, 'token')).toBe('connection: in the clear, token');
  });
});
