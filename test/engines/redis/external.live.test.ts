import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onServer } from '../../../engines/redis/primary.ts';
import { type Certificates, makeCertificates } from '../external/certificates.ts';
import { type Refusal, refusedRun } from '../external/refusals.ts';
import { runElsewhere } from '../external/run-elsewhere.ts';
import { liveHost } from '../rabbitmq/live-broker.ts';
import { live, type LiveRedis, startLiveRedis } from './live-redis.ts';

const user = 'ackmark-tester';
const password = 'pl4nted-Secret-93e7';
/** What docs/external.md says that a user needs. */
const needed =
  '+client +role +ping +info +config|get +wait +del +xadd +xrange +xgroup +xinfo +xreadgroup +xack +xpending +xclaim'.split(
    ' ',
  );
/** Users of their own lack one of these commands each. */
const without = ['client', 'role', 'config', 'xgroup', 'xadd', 'xreadgroup', 'xack'] as const;
/** Of this one nothing is on keys that begin with ackmark-. */
const elsewhere = `${user}-elsewhere`;

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
    const { host, close } = liveHost(directory);
    ports = { clear: server.port, encrypted: await host.freePort() };
    close();
    const { certificate, key } = certificates.server;
    const files = ['tls-cert-file', certificate, 'tls-key-file', key];
    const tls = ['tls-auth-clients', 'no', 'tls-port', String(ports.encrypted)];
    await onServer(server, async (link) => {
      await link.call(['CONFIG', 'SET', ...files, 'tls-ca-cert-file', certificates.ca, ...tls]);
      const rights = ['on', `>${password}`, '~ackmark-*', ...needed];
      await link.call(['ACL', 'SETUSER', user, ...rights]);
      for (const command of without) {
        const less = [...rights, `-${command}`];
        await link.call(['ACL', 'SETUSER', `${user}-without-${command}`, ...less]);
      }
      await link.call(['ACL', 'SETUSER', elsewhere, 'on', `>${password}`, '~other-*', ...needed]);
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

  const lacking = (command: (typeof without)[number]) =>
    [{ ...trusting, ACKMARK_REDIS_USERNAME: `${user}-without-${command}` }, secure()] as const;

  const refusals: readonly (Refusal & { readonly profile?: string })[] = [
    {
      what: 'a user who may not give a connection its name',
      given: () => lacking('client'),
      told: {
        code: 'ACCESS_REFUSED',
        message: /refused the login: NOPERM the user has no permissions to run/,
        hint: /may run CLIENT/,
      },
    },
    {
      what: 'a user who may not ask who leads',
      given: () => lacking('role'),
      told: {
        code: 'ACCESS_REFUSED',
        message: /did not tell its role: NOPERM the user has no permissions to run/,
        hint: /ackmark-/,
      },
    },
    ...(
      [
        ['config', 'read what is set', /run CONFIG GET on/],
        ['xgroup', 'make groups', /run XGROUP CREATE on/],
        ['xadd', 'add entries', /run XADD on/],
        ['xreadgroup', 'read in a group', /run XREADGROUP on/],
        ['xack', 'acknowledge', /run XACK on/],
      ] as const
    ).map(([command, verb, message]) => ({
      what: `a user who may not ${verb}`,
      given: () => lacking(command),
      told: { code: 'ACCESS_REFUSED', message, hint: /docs\/external\.md/ },
    })),
    {
      what: 'a user whose keys have other names',
      given: () => [{ ...trusting, ACKMARK_REDIS_USERNAME: elsewhere }, secure()],
      told: {
        code: 'ACCESS_REFUSED',
        message: /run XGROUP CREATE, XINFO GROUPS, XADD, .* and XCLAIM on keys that begin with/,
        hint: /docs\/external\.md/,
      },
    },
    {
      what: 'a server that syncs otherwise than the profile says',
      profile: 'redis@fsync-always',
      given: () => [trusting, secure()],
      told: {
        code: 'TARGET_UNAVAILABLE',
        message: /needs appendfsync always, not: everysec/,
        hint: /appendonly yes/,
      },
    },
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
  it.each(refusals)(
    'is told at once: $what',
    async ({ profile = 'redis@everysec', ...refusal }) => {
      const run = await refusedRun(profile, refusal);
      expect(run.placesOf([user, password])).toEqual([]);
    },
  );
});
