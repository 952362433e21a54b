import { AckmarkError } from '../../harness/core/errors.ts';
import { writtenEndpoint } from '../endpoints.ts';
import type { Target } from '../engine.ts';
import {
  connectionText,
  type Environment,
  loginFrom,
  refuseLoginIn,
  tlsFrom,
  valueOf,
  variableOf,
} from '../external-access.ts';

/** What Kafka itself offers for a name and a password (Apache Kafka documentation, security_sasl). */
export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Does not hand the password to whoever answers, as PLAIN does. */
const defaultMechanism: SaslMechanism = 'SCRAM-SHA-512';

/** Who speaks the protocol, as its URLs and variables are called. */
export interface Speaker {
  /** Scheme of its URLs, and the engine whose variables let in. */
  readonly engine: string;
  /** What its targets are called until somebody answers. */
  readonly title: string;
}

const kafka: Speaker = { engine: 'kafka', title: 'Kafka protocol' };

export const externalTarget = (url: string, environment: Environment): Target =>
  targetElsewhere(kafka, url, environment);

/**
 * `kafka://host:port,host:port` in the clear, or `kafka+ssl://` with TLS; a missing port is 9092. With a login in the
 * environment a connection begins with SASL.
 */
export function targetElsewhere(
  { engine, title }: Speaker,
  url: string,
  environment: Environment,
): Target {
  refuseLoginIn(url, engine);
  const scheme = [`${engine}+ssl://`, `${engine}://`].find((one) => url.startsWith(one)) ?? '';
  const list = url.slice(scheme.length).replace(/\/$/, '');
  const brokers = list.split(',').map((broker) => addressOf(engine, broker));
  const settings = {
    ...(engine === kafka.engine ? {} : { speaker: engine }),
    ...tlsFrom(environment, engine, scheme === `${engine}+ssl://`),
    ...saslFrom(environment, engine),
  };
  return {
    kind: 'external',
    title: `${title} at ${brokers.join(',')}`,
    address: brokers.join(','),
    nodes: brokers.length,
    settings,
  };
}

/** Of a target: the engine whose variables let in. */
export const engineOf = ({ settings }: Target): string => settings['speaker'] ?? kafka.engine;

/** Of a target that runs elsewhere: how its connections are protected. */
export function protectionOf({ settings }: Target): string {
  const { mechanism } = settings;
  return connectionText(settings, mechanism === undefined ? 'no login' : `SASL ${mechanism}`);
}

function addressOf(engine: string, broker: string): string {
  const address = writtenEndpoint(broker, 9092);
  if (address === undefined) {
    throw new AckmarkError(
      'USAGE',
      'not a Kafka address: a broker in it is not host or host:port',
      {
        hint: `Write --target ${engine}://host:port, or ${engine}+ssl://host:port for TLS; several brokers are separated by commas.`,
      },
    );
  }
  return address;
}

function saslFrom(environment: Environment, engine: string): Readonly<Record<string, string>> {
  const login = loginFrom(environment, engine);
  const wanted = valueOf(environment, engine, 'SASL_MECHANISM');
  const mechanism = saslMechanisms.find((one) => one === (wanted ?? defaultMechanism));
  const variable = variableOf(engine, 'SASL_MECHANISM');
  if (mechanism === undefined) {
    throw new AckmarkError('USAGE', `${variable}: ${JSON.stringify(wanted)} is not offered`, {
      hint: `Set it to one of ${saslMechanisms.join(', ')}.`,
    });
  }
  if (login !== undefined) return { ...login, mechanism };
  if (wanted === undefined) return {};
  throw new AckmarkError('USAGE', `${variable} is set, and there is nobody to log in`, {
    hint: `Set ${variableOf(engine, 'USERNAME')} and ${variableOf(engine, 'PASSWORD')} too.`,
  });
}
