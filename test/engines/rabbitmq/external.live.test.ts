import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretLineOf } from '../external/certificates.ts';
import { refusedRun, type Refusal } from '../external/refusals.ts';
import { runElsewhere } from '../external/run-elsewhere.ts';
import { live } from './live-broker.ts';
import { type SecureRabbit, startSecureRabbit } from './secure-rabbitmq.ts';

const password = 'pl4nted-Secret-82d6';
const user = 'ackmark-tester';
const users = [
  { name: user, password, rights: { configure: '.*', write: '.*', read: '.*' } },
  { name: 'ackmark-stranger', password, rights: undefined },
  { name: 'ackmark-reader', password, rights: { configure: '^$', write: '^$', read: '.*' } },
  // May bind its queues, and not publish to its exchanges.
  { name: 'ackmark-mute', password, rights: { configure: '.*', write: '-g[0-9]$', read: '.*' } },
];

function loginOf(name: string): Readonly<Record<string, string>> {
  return { ACKMARK_RABBITMQ_USERNAME: name, ACKMARK_RABBITMQ_PASSWORD: password };
}

describe.skipIf(!live)('a RabbitMQ elsewhere, with TLS and users (needs ACKMARK_LIVE=1)', () => {
  let rabbit: SecureRabbit;
  let trusting: Readonly<Record<string, string>>;
  beforeAll(async () => {
    rabbit = await startSecureRabbit(users);
    trusting = { ...loginOf(user), ACKMARK_RABBITMQ_CA_FILE: rabbit.certificates.ca };
  });
  afterAll(() => rabbit?.down());

  const secure = (): string => `amqps://localhost:${rabbit.ports.tls}`;
  const secrets = [password, ...users.map(({ name }) => name)];

  it('keeps its word under the crash of a consumer, and neither a file nor the broker keeps anything of us', async () => {
    const run = await runElsewhere(
      trusting,
      `--engine rabbitmq@manual-ack --scenario steady,consumer-crash --target ${secure()}`,
    );
    expect(run.exitCode, run.story).toBe(0);
    const [cell] = run.record.cells;
    expect(cell).toMatchObject({
      status: 'judged',
      target: {
        kind: 'external',
        title: expect.stringMatching(/^RabbitMQ 4\.0\.\d+$/),
        address: `localhost:${rabbit.ports.tls}`,
      },
      effective: expect.arrayContaining(['connection: TLS, a private authority, SASL PLAIN']),
      replay: expect.stringContaining(`--target ${secure()}`),
    });
    expect(run.placesOf(secrets)).toEqual([]);
    const queue = `ackmark-${run.brokerKey}-0-g0`;
    await expect(hasQueue(rabbit, queue)).resolves.toBe(false);
  });

  it('takes a client certificate beside the login, whose key is kept nowhere', async () => {
    const { client } = rabbit.certificates;
    const run = await runElsewhere(
      {
        ...trusting,
        ACKMARK_RABBITMQ_CERTIFICATE_FILE: client.certificate,
        ACKMARK_RABBITMQ_KEY_FILE: client.key,
      },
      `--engine rabbitmq@manual-ack --scenario steady --target ${secure()} --messages 12k --rate 4k/s --warmup 0`,
    );
    expect(run.exitCode, run.story).toBe(0);
    expect(run.placesOf([...secrets, secretLineOf(client)])).toEqual([]);
  });

  it('is used in the clear where the URL says so, with the login all the same', async () => {
    const run = await runElsewhere(
      loginOf(user),
      `--engine rabbitmq@manual-ack --scenario steady --target amqp://localhost:${rabbit.ports.plain} --messages 12k --rate 4k/s --warmup 0`,
    );
    expect(run.exitCode, run.story).toBe(0);
    const effective = expect.arrayContaining(['connection: in the clear, SASL PLAIN']);
    expect(run.record.cells).toMatchObject([{ effective }]);
    expect(run.placesOf(secrets)).toEqual([]);
  });

  const refusals: readonly Refusal[] = [
    {
      what: 'a wrong password',
      given: () => [{ ...trusting, ACKMARK_RABBITMQ_PASSWORD: `not-${password}` }, secure()],
      told: { code: 'ACCESS_REFUSED', message: /refused the login/, hint: /_PASSWORD/ },
    },
    {
      what: 'a user who may not enter the virtual host',
      given: () => [{ ...trusting, ...loginOf('ackmark-stranger') }, secure()],
      told: { code: 'ACCESS_REFUSED', message: /the virtual host/, hint: /virtual host/ },
    },
    {
      what: 'a user who may not declare queues',
      given: () => [{ ...trusting, ...loginOf('ackmark-reader') }, secure()],
      told: { code: 'ACCESS_REFUSED', message: /did not declare/, hint: /ackmark-/ },
    },
    {
      what: 'a user who may not publish',
      given: () => [{ ...trusting, ...loginOf('ackmark-mute') }, secure()],
      told: { code: 'ACCESS_REFUSED', message: /did not take a message/, hint: /ackmark-/ },
    },
    {
      what: 'a certificate of nobody that is known',
      given: () => [
        { ...trusting, ACKMARK_RABBITMQ_CA_FILE: rabbit.certificates.stranger },
        secure(),
      ],
      told: { code: 'TLS_FAILED', message: /not trusted/, hint: /ACKMARK_RABBITMQ_CA_FILE/ },
    },
    {
      what: 'another name than the certificate has',
      given: () => [trusting, `amqps://127.0.0.1:${rabbit.ports.tls}`],
      told: { code: 'TLS_FAILED', message: /for other names/, hint: /a name that/ },
    },
    {
      what: 'TLS to a port without it',
      given: () => [trusting, `amqps://localhost:${rabbit.ports.plain}`],
      told: { code: 'TLS_FAILED', message: /does not speak TLS/, hint: /without it/ },
    },
    {
      what: 'no TLS to a port with it',
      given: () => [loginOf(user), `amqp://localhost:${rabbit.ports.tls}`],
      told: { code: 'CONNECT_FAILED', message: /cannot connect/, hint: /amqps:/ },
    },
  ];
  it.each(refusals)('is told at once: $what', async (refusal) => {
    const run = await refusedRun('rabbitmq@manual-ack', refusal);
    expect(run.placesOf(secrets)).toEqual([]);
  });
});

async function hasQueue({ ports }: SecureRabbit, queue: string): Promise<boolean> {
  const model = await connect(`amqp://127.0.0.1:${ports.plain}`);
  try {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    return await channel.checkQueue(queue).then(
      () => true,
      () => false,
    );
  } finally {
    await model.close();
  }
}
