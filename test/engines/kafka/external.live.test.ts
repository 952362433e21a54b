import { Admin } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificates, secretLineOf } from '../external/certificates.ts';
import { type Refusal, refusedRun } from '../external/refusals.ts';
import { runElsewhere } from '../external/run-elsewhere.ts';
import { live } from './live-kafka.ts';
import { type SecureKafka, startSecureKafka } from './secure-kafka.ts';

const user = 'ackmark-tester';
const password = 'pl4nted-Secret-71c5';

/** What the broker holds, by its listener in the clear. */
async function topicsOf({ ports }: SecureKafka): Promise<readonly string[]> {
  const admin = new Admin({
    clientId: 'onlooker',
    bootstrapBrokers: [`127.0.0.1:${ports.plain}`],
  });
  try {
    return await admin.listTopics();
  } finally {
    await admin.close();
  }
}

describe.skipIf(!live)('a Kafka elsewhere, with TLS and a login (needs ACKMARK_LIVE=1)', () => {
  let kafka: SecureKafka;
  let certificates: Certificates;
  let login: Readonly<Record<string, string>>;
  beforeAll(async () => {
    kafka = await startSecureKafka(user, password);
    ({ certificates } = kafka);
    login = {
      ACKMARK_KAFKA_USERNAME: user,
      ACKMARK_KAFKA_PASSWORD: password,
      ACKMARK_KAFKA_CA_FILE: certificates.ca,
    };
  });
  afterAll(() => kafka?.stop());

  const steady = (environment: Readonly<Record<string, string>>, url: string) =>
    runElsewhere(
      environment,
      `--engine kafka@acks-all --scenario steady --target ${url} --messages 12k --rate 4k/s --warmup 0`,
    );
  const secure = (): string => `kafka+ssl://localhost:${kafka.ports.saslSsl}`;

  it('keeps its word under the crash of a consumer, and neither a file nor the broker keeps anything of us', async () => {
    const run = await runElsewhere(
      login,
      `--engine kafka@acks-all --scenario steady,consumer-crash --target ${secure()}`,
    );
    expect(run.exitCode, run.story).toBe(0);
    expect(run.record.cells.map(({ status }) => status)).toEqual(['judged', 'judged']);
    const [cell] = run.record.cells;
    expect(cell).toMatchObject({
      target: { kind: 'external', address: `localhost:${kafka.ports.saslSsl}` },
      effective: expect.arrayContaining([
        'connection: TLS, a private authority, SASL SCRAM-SHA-512',
      ]),
      replay: expect.stringContaining(`--target ${secure()}`),
    });
    expect(run.placesOf([user, password])).toEqual([]);
    expect(await topicsOf(kafka)).not.toContainEqual(expect.stringMatching(/^ackmark-/));
  });

  it.each(['PLAIN', 'SCRAM-SHA-256'])('takes the login of %s', async (mechanism) => {
    const run = await steady({ ...login, ACKMARK_KAFKA_SASL_MECHANISM: mechanism }, secure());
    expect(run.exitCode, run.story).toBe(0);
    expect(run.placesOf([user, password])).toEqual([]);
  });

  it('is used in the clear where the URL says so', async () => {
    const run = await steady({}, `kafka://127.0.0.1:${kafka.ports.plain}`);
    expect(run.exitCode, run.story).toBe(0);
    const effective = expect.arrayContaining(['connection: in the clear, no login']);
    expect(run.record.cells).toMatchObject([{ effective }]);
  });

  it('is never called Redpanda, and nothing that Redpanda claims is held against it', async () => {
    const url = `redpanda://127.0.0.1:${kafka.ports.plain}`;
    const run = await runElsewhere(
      {},
      `--engine redpanda@acks-all --scenario steady --target ${url} --messages 12k --rate 4k/s --warmup 0`,
    );
    expect(run.exitCode, run.story).toBe(0);
    const [cell] = run.record.cells;
    if (cell?.status !== 'judged') throw new Error(run.story);
    expect(cell.claimed).toBe(false);
    expect(cell.target.title).toBe(
      `Kafka protocol, not Redpanda, at 127.0.0.1:${kafka.ports.plain}`,
    );
    expect(cell.effective[0]).toMatch(/^answers: .* which is no Redpanda: nothing is claimed/);
    expect(new Set(cell.clauses.map(({ obligation }) => obligation))).toEqual(new Set(['may']));
    expect(run.story).toContain('not Redpanda');
  });

  it('has no write caching, and is not asked to have it', async () => {
    const run = await runElsewhere(
      {},
      `--engine redpanda@write-caching --scenario steady --target redpanda://127.0.0.1:${kafka.ports.plain}`,
    );
    expect(run.exitCode, run.story).toBe(69);
    expect(run.story).toMatch(/has no write caching/);
  });

  it('takes a client certificate, whose key is kept nowhere', async () => {
    const { client, ca } = certificates;
    const environment = {
      ACKMARK_KAFKA_CA_FILE: ca,
      ACKMARK_KAFKA_CERTIFICATE_FILE: client.certificate,
      ACKMARK_KAFKA_KEY_FILE: client.key,
    };
    const run = await steady(environment, `kafka+ssl://localhost:${kafka.ports.mutual}`);
    expect(run.exitCode, run.story).toBe(0);
    expect(run.placesOf([secretLineOf(client)])).toEqual([]);
  });

  const refusals: readonly Refusal[] = [
    {
      what: 'a wrong password',
      given: () => [{ ...login, ACKMARK_KAFKA_PASSWORD: `not-${password}` }, secure()],
      told: {
        code: 'ACCESS_REFUSED',
        message: /refused the login/,
        hint: /ACKMARK_KAFKA_PASSWORD/,
      },
    },
    {
      what: 'nobody, where a login is wanted',
      given: () => [{ ACKMARK_KAFKA_CA_FILE: certificates.ca }, secure()],
      told: { code: 'CONNECT_FAILED', message: /cannot reach/, hint: /ACKMARK_KAFKA_USERNAME/ },
    },
    {
      what: 'a certificate of nobody that is known',
      given: () => [{ ...login, ACKMARK_KAFKA_CA_FILE: certificates.stranger }, secure()],
      told: { code: 'TLS_FAILED', message: /not trusted/, hint: /ACKMARK_KAFKA_CA_FILE/ },
    },
    {
      what: 'another name than the certificate has',
      given: () => [login, `kafka+ssl://127.0.0.1:${kafka.ports.saslSsl}`],
      told: { code: 'TLS_FAILED', message: /for other names/, hint: /a name that/ },
    },
    {
      what: 'brokers that tell their clients another name than the certificate has',
      given: () => [
        { ACKMARK_KAFKA_CA_FILE: certificates.ca },
        `kafka+ssl://localhost:${kafka.ports.misnamed}`,
      ],
      told: { code: 'TLS_FAILED', message: /for other names/, hint: /tells its clients/ },
    },
    {
      what: 'TLS to a port without it',
      given: () => [login, `kafka+ssl://localhost:${kafka.ports.plain}`],
      told: { code: 'TLS_FAILED', message: /does not speak TLS/, hint: /without it/ },
    },
    {
      what: 'no TLS to a port with it',
      given: () => [{}, `kafka://localhost:${kafka.ports.mutual}`],
      told: { code: 'TLS_FAILED', message: /wants TLS/, hint: /kafka\+ssl:/ },
    },
    {
      what: 'no client certificate where one is wanted',
      given: () => [
        { ACKMARK_KAFKA_CA_FILE: certificates.ca },
        `kafka+ssl://localhost:${kafka.ports.mutual}`,
      ],
      told: { code: 'TLS_FAILED', message: /TLS handshake/, hint: /CERTIFICATE_FILE/ },
    },
  ];
  it.each(refusals)('is told at once: $what', async (refusal) => {
    const run = await refusedRun('kafka@acks-all', refusal);
    expect(run.placesOf([user, password])).toEqual([]);
  });

  it('is spared the faults that need its process or its connections, with the reason', async () => {
    const run = await runElsewhere(
      login,
      `--engine kafka@acks-all --scenario broker-crash,leader-crash,lost-response --target ${secure()}`,
    );
    expect(run.record.cells.map((cell) => cell.status === 'unsupported' && cell.reason)).toEqual([
      'the broker’s process is not ours to kill',
      'the broker’s nodes are not ours to kill',
      'the fault proxy stands only before targets that are started here',
    ]);
  });
});
