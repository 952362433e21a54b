import { describe, expect, it } from 'vitest';
import { everyErrorIn, tlsFailure } from '../../../engines/access-failures.ts';

const at = { engine: 'kafka', name: 'Kafka', address: 'broker.example:9093' };

function nodeError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

describe('a failure of TLS', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted/, /ACKMARK_KAFKA_CA_FILE/],
    ['CERT_HAS_EXPIRED', /not trusted/, /ACKMARK_KAFKA_CA_FILE/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /for other names/, /a name that the certificate has/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /handshake/, /ACKMARK_KAFKA_CERTIFICATE_FILE/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/, /a URL without it/],
  ])('%s is told with what to do about it, however deep it is', (code, message, hint) => {
    const cause = nodeError(code);
    const failure = tlsFailure(
      at,
      new AggregateError([new Error('retried', { cause })], 'Cannot connect to any broker.'),
    );
    expect(failure).toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(failure?.message).toContain(at.address);
  });

  it('is also a connection that ends before TLS begins, and no other reset', () => {
    const before =
      'Client network socket disconnected before secure TLS connection was established';
    expect(tlsFailure(at, nodeError('ECONNRESET', before))?.code).toBe('TLS_FAILED');
    expect(tlsFailure(at, nodeError('ECONNRESET', 'read ECONNRESET'))).toBeUndefined();
    expect(tlsFailure(at, nodeError('ECONNREFUSED'))).toBeUndefined();
    expect(tlsFailure(at, 'no error at all')).toBeUndefined();
  });

  it('is looked for once in errors that cause each other', () => {
    const one = new Error('one');
    const other = new Error('other', { cause: one });
    one.cause = other;
    expect(everyErrorIn(one)).toEqual([one, other]);
  });
});
