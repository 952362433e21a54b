import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onServer } from '../../../engines/redis/primary.ts';
import { type Certificates, makeCertificates } from '../external/certificates.ts';
import { type Refusal, refusedRun } from '../external/refusals.ts';
import { runElsewhere } from '../external/run-elsewhere.ts';
import { live, type LiveRedis, startLiveRedis } from './live-redis.ts';

const user = 'ackmark-tester';
const password = 'pl4nted-Secret-93e7';

describe.skipIf(!live)('a Redis elsewhere, with TLS and a login (needs ACKMARK_LIVE=1)', () => {
  let redis: LiveRedis;
  let directory: string;
  let certificates: Certificates;
  let ports: { readonly clear: number; readonly encrypted: number };
  let login: Readonly<Record<string, string>>;
  let trusting: Readonly<Record<string, string>>;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-secure-redis-'));
    certificates = makeCertificates(directory);
    redis = await startLiveRedis();
    const [server] = redis.up.upstreams;
    if (server === undefined) throw new Error('no server');
    ports = { clear: server.port, encrypted: server.port + 10_000 };
    const { certificate, key } = certificates.server;
    const files = ['tls-cert-file', certificate, 'tls-key-file', key];
    const tls = ['tls-auth-clients', 'no', 'tls-port', String(ports.encrypted)];
    await onServer(server, async (link) => {
      await link.call(['CONFIG', 'SET', ...files, 'tls-ca-cert-file', certificates.ca, ...tls]);
      await link.call(['ACL', 'SETUSER', user, 'on', `>${password}`, '~*', '&*', '+@all']);
      await link.call(['ACL', 'SETUSER', 'default', 'off']);
    });
    login = { ACKMARK_REDIS_USERNAME: user, ACKMARK_REDIS_PASSWORD: password };
    trusting = { ...login, ACKMARK_REDIS_CA_FILE: certificates.ca };
  });
  afterAll(async () => {
    await redis?.down();
    rmSync(directory, { recursive: true, force: true });
  });

  const secure = (): string => `rediss://localhost:${ports.encrypted}`;

  it('keeps its word under the crash of a consumer, and no file keeps anything of us', async () => {
    const run = await runElsewhere(
      trusting,
      `--engine redis@everysec --scenario consumer-crash --target ${secure()}`,
    );
    expect(run.exitCode, run.story).toBe(0);
    expect(run.record.cells[0]).toMatchObject({
      status: 'judged',
      target: { kind: 'external', address: `localhost:${ports.encrypted}` },
      effective: expect.arrayContaining([
        'connection: TLS, a private authority, user and password',
      ]),
    });
    expect(run.placesOf([user, password])).toEqual([]);
  });

  const refusals: readonly Refusal[] = [
    {
      what: 'a wrong password',
      given: () => [{ ...trusting, ACKMARK_REDIS_PASSWORD: `not-${password}` }, secure()],
      told: {
        code: 'ACCESS_REFUSED',
        message: /refused the login/,
        hint: /ACKMARK_REDIS_PASSWORD/,
      },
    },
    {
      what: 'nobody, where a login is wanted',
      given: () => [{ ACKMARK_REDIS_CA_FILE: certificates.ca }, secure()],
      told: {
        code: 'ACCESS_REFUSED',
        message: /refused the login/,
        hint: /ACKMARK_REDIS_USERNAME/,
      },
    },
    {
      what: 'a certificate of nobody that is known',
      given: () => [{ ...trusting, ACKMARK_REDIS_CA_FILE: certificates.stranger }, secure()],
      told: { code: 'TLS_FAILED', message: /not trusted/, hint: /ACKMARK_REDIS_CA_FILE/ },
    },
    {
      what: 'another name than the certificate has',
      given: () => [trusting, `rediss://127.0.0.1:${ports.encrypted}`],
      told: { code: 'TLS_FAILED', message: /for other names/, hint: /a name that/ },
    },
    {
      // It waits for the rest of what it takes for a command.
      what: 'TLS to a port without it, which says nothing',
      given: () => [trusting, `rediss://localhost:${ports.clear}`],
      told: { code: 'CONNECT_FAILED', message: /cannot connect/, hint: /a server listens/ },
    },
  ];
  it.each(refusals)('is told at once: $what', async (refusal) => {
    const run = await refusedRun('redis@everysec', refusal);
    expect(run.placesOf([user, password])).toEqual([]);
  });
});
