import {
  AuthenticationError,
  MultipleErrors,
  NetworkError,
  ProtocolError,
} from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { accessOptions, failureAt } from '../../../engines/kafka/access.ts';
import { externalTarget } from '../../../engines/kafka/address.ts';
import { profiles } from '../../../engines/kafka/profiles.ts';

const login = { ACKMARK_KAFKA_USERNAME: 'me', ACKMARK_KAFKA_PASSWORD: 'mine' };
const target = externalTarget('kafka+ssl://broker.example:9093', login);

describe('what a client of a Kafka elsewhere is made with', () => {
  const { options } = profiles['acks-all'];

  it('is TLS, the login, and time for both', () => {
    expect(accessOptions(target, options)).toEqual({
      tls: {},
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'mine' },
      connectTimeout: 5_000,
    });
    const patient = { ...options, connectTimeoutMs: 9_000 };
    expect(accessOptions(target, patient).connectTimeout).toBe(9_000);
  });

  it('is nothing of that for one that was started here', () => {
    const local = { ...externalTarget('kafka://127.0.0.1:1', {}), kind: 'local' };
    expect(accessOptions(local, options)).toEqual({ connectTimeout: options.connectTimeoutMs });
  });
});

describe('why Kafka let nobody in', () => {
  const nested = (cause: Error): Error =>
    new MultipleErrors('Cannot connect to any broker.', [new NetworkError('failed', { cause })]);

  it.each([
    ['a login', nested(new AuthenticationError('SASL')), 'ACCESS_REFUSED', /SCRAM-SHA-512/],
    ['a right', new ProtocolError('TOPIC_AUTHORIZATION_FAILED'), 'ACCESS_REFUSED', /ackmark-/],
    ['a protocol', nested(new Error('Broker requires TLS.')), 'TLS_FAILED', /kafka\+ssl:/],
    ['nothing of that', nested(new Error('ECONNREFUSED')), 'CONNECT_FAILED', /listeners/],
  ])('is told: %s', (_what, cause, code, hint) => {
    const failure = failureAt(target, 'cannot create the topics', cause);
    expect(failure).toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(failure.cause).toBe(cause);
  });
});
