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

const engine = 'kafka';

/** What Kafka itself offers for a name and a password (Apache Kafka documentation, security_sasl). */
export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Does not hand the password to whoever answers, as PLAIN does. */
const defaultMechanism: SaslMechanism = 'SCRAM-SHA-512';

/**
 * `kafka://host:port,host:port` in the clear, or `kafka+ssl://` with TLS; a missing port is 9092. With a login in the
 * environment a connection begins with SASL.
 */
export function externalTarget(url: string, environment: Environment): Target {
  refuseLoginIn(url, engine);
  const [, scheme = 'kafka', list = ''] = /^(?:(kafka|kafka\+ssl):\/\/)?(.*)$/.exec(url) ?? [];
  const brokers = list.replace(/\/$/, '').split(',').map(addressOf);
  const settings = {
    ...tlsFrom(environment, engine, scheme === 'kafka+ssl'),
    ...saslFrom(environment),
  };
  return {
    kind: 'external',
    title: `Kafka protocol at ${brokers.join(',')}`,
    address: brokers.join(','),
    nodes: brokers.length,
    settings,
  };
}

/** Of a target that runs elsewhere: how its connections are protected. */
export function protectionOf({ settings }: Target): string {
  const { mechanism } = settings;
  return connectionText(settings, mechanism === undefined ? 'no login' : `SASL ${mechanism}`);
}

function addressOf(broker: string): string {
  const address = writtenEndpoint(broker, 9092);
  if (address === undefined) {
    throw new AckmarkError(
      'USAGE',
      'not a Kafka address: a broker in it is not host or host:port',
      {
        hint: 'Write --target kafka://host:port, or kafka+ssl://host:port for TLS; several brokers are separated by commas.',
      },
    );
  }
  return address;
}

function saslFrom(environment: Environment): Readonly<Record<string, string>> {
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
