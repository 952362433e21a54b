import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Refusal, refusedRun } from '../external/refusals.ts';
import { runElsewhere } from '../external/run-elsewhere.ts';
import { live } from './live-nats.ts';
import { type SecureNats, startSecureNats, without } from './secure-nats.ts';

const user = 'ackmark-tester';
const password = 'pl4nted-Secret-93e7';

describe.skipIf(!live)('a NATS elsewhere, with TLS and a login (needs ACKMARK_LIVE=1)', () => {
  let encrypted: SecureNats;
  let clear: SecureNats;
  let login: Readonly<Record<string, string>>;
  let trusting: Readonly<Record<string, string>>;
  beforeAll(async () => {
    encrypted = await startSecureNats(user, password, 'tls');
    clear = await startSecureNats(user, password, 'in-the-clear');
    login = { ACKMARK_NATS_USERNAME: user, ACKMARK_NATS_PASSWORD: password };
    trusting = { ...login, ACKMARK_NATS_CA_FILE: encrypted.certificates.ca };
  });
  afterAll(() => Promise.all([encrypted?.stop(), clear?.stop()]));

  const secure = (): string => `tls://localhost:${encrypted.port}`;

  it('keeps its word under the crash of a consumer, and no file keeps anything of us', async () => {
    const run = await runElsewhere(
      trusting,
      `--engine nats@jetstream-r1 --scenario steady,consumer-crash --target ${secure()}`,
    );
    expect(run.exitCode, run.story).toBe(0);
    expect(run.record.cells[0]).toMatchObject({
      status: 'judged',
      target: { kind: 'external', address: `localhost:${encrypted.port}` },
      effective: expect.arrayContaining([
        'connection: TLS, a private authority, user and password',
      ]),
    });
    expect(run.placesOf([user, password])).toEqual([]);
  });

  it('is used in the clear where the server has no TLS, with the login all the same', async () => {
    const run = await runElsewhere(
      login,
      `--engine nats@jetstream-r1 --scenario steady --target nats://localhost:${clear.port} --messages 12k --rate 4k/s --warmup 0`,
    );
    expect(run.exitCode, run.story).toBe(0);
    const effective = expect.arrayContaining(['connection: in the clear, user and password']);
    expect(run.record.cells).toMatchObject([{ effective }]);
    expect(run.placesOf([user, password])).toEqual([]);
  });

  const refusals: readonly Refusal[] = [
    {
      what: 'a wrong password',
      given: () => [{ ...trusting, ACKMARK_NATS_PASSWORD: `not-${password}` }, secure()],
      told: { code: 'ACCESS_REFUSED', message: /refused the login/, hint: /ACKMARK_NATS_PASSWORD/ },
    },
    {
      what: 'nobody, where a login is wanted',
      given: () => [{ ACKMARK_NATS_CA_FILE: encrypted.certificates.ca }, secure()],
      told: { code: 'ACCESS_REFUSED', message: /refused the login/, hint: /ACKMARK_NATS_USERNAME/ },
    },
    ...(
      [
        [
          'streams',
          'make streams',
          /let this user publish to \$JS\.API\.STREAM\.CREATE\.ackmark-\S+:/,
        ],
        ['messages', 'publish messages', /let this user publish to ackmark-\S+\.n:/],
        ['pulls', 'pull', /let this user publish to \$JS\.API\.CONSUMER\.MSG\.NEXT\.ackmark-/],
        ['acks', 'acknowledge', /let this user publish to \$JS\.ACK\.ackmark-/],
      ] as const
    ).map(([lacking, verb, message]) => ({
      what: `a user who may not ${verb}`,
      given: () =>
        [{ ...trusting, ACKMARK_NATS_USERNAME: without(user, lacking) }, secure()] as const,
      told: { code: 'ACCESS_REFUSED', message, hint: /JetStream API/ },
    })),
    {
      what: 'a certificate of nobody that is known',
      given: () => [
        { ...trusting, ACKMARK_NATS_CA_FILE: encrypted.certificates.stranger },
        secure(),
      ],
      told: { code: 'TLS_FAILED', message: /not trusted/, hint: /ACKMARK_NATS_CA_FILE/ },
    },
    {
      what: 'the same without TLS in the URL, which the server wants all the same',
      given: () => [login, `nats://localhost:${encrypted.port}`],
      told: { code: 'TLS_FAILED', message: /not trusted/, hint: /ACKMARK_NATS_CA_FILE/ },
    },
    {
      what: 'another name than the certificate has',
      given: () => [trusting, `tls://127.0.0.1:${encrypted.port}`],
      told: { code: 'TLS_FAILED', message: /for other names/, hint: /a name that/ },
    },
    {
      what: 'TLS to a server without it',
      given: () => [trusting, `tls://localhost:${clear.port}`],
      told: { code: 'TLS_FAILED', message: /has no TLS/, hint: /nats:/ },
    },
  ];
  it.each(refusals)('is told at once: $what', async (refusal) => {
    const run = await refusedRun('nats@jetstream-r1', refusal);
    expect(run.placesOf([user, password])).toEqual([]);
  });
});
