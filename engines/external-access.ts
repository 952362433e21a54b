/**
 * How to come in to a system that runs elsewhere. Logins, keys and certificates are taken from the environment and
 * from nowhere else: a URL is repeated in records, reports and replay commands.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AckmarkError } from '../harness/core/errors.ts';

/** What the process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Variable =
  | 'USERNAME'
  | 'PASSWORD'
  | 'TOKEN'
  | 'SASL_MECHANISM'
  | 'CA_FILE'
  | 'CERTIFICATE_FILE'
  | 'KEY_FILE';

/** `ACKMARK_KAFKA_USERNAME`: each engine has its own. */
export function variableOf(engine: string, variable: Variable): string {
  return `ACKMARK_${engine.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_${variable}`;
}

/** An empty value counts as none. */
export function valueOf(
  environment: Environment,
  engine: string,
  variable: Variable,
): string | undefined {
  const value = environment[variableOf(engine, variable)];
  return value === '' ? undefined : value;
}

/** The at sign behind a login, also escaped, which it may well be further on: in the name of a virtual host. */
const loginEnd = /@|^(?:[^/]*:\/\/)?[^/]*%40/i;

/** @throws AckmarkError USAGE, which does not repeat the URL */
export function refuseLoginIn(url: string, engine: string): void {
  if (!loginEnd.test(url)) return;
  throw new AckmarkError('USAGE', 'a login does not belong into a URL, which is recorded', {
    hint: `Set ${variableOf(engine, 'USERNAME')} and ${variableOf(engine, 'PASSWORD')} instead, and leave out everything before the @.`,
  });
}

/** Text that was typed in the wrong place, quoted for a message; not when it may be a URL with a login, or part of one. */
export function quoted(text: string): string {
  return /:|%40/.test(text) ? '(not repeated: it may hold a login)' : JSON.stringify(text);
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** @throws AckmarkError USAGE where there is one half of it */
export function loginFrom(environment: Environment, engine: string): Login | undefined {
  const username = valueOf(environment, engine, 'USERNAME');
  const password = valueOf(environment, engine, 'PASSWORD');
  if (username !== undefined && password !== undefined) return { username, password };
  if (username === undefined && password === undefined) return undefined;
  const [is, isNot] =
    username === undefined
      ? (['PASSWORD', 'USERNAME'] as const)
      : (['USERNAME', 'PASSWORD'] as const);
  throw new AckmarkError(
    'USAGE',
    `${variableOf(engine, is)} is set and ${variableOf(engine, isNot)} is not`,
    { hint: 'Set both, or neither.' },
  );
}

/**
 * Settings of a target, for `tlsOptionsOf`: whether its connections are encrypted, and what the PEM files hold that
 * the environment names. They are read and tried here, so that a wrong file is a mistake in the configuration.
 * @throws AckmarkError USAGE
 */
export function tlsFrom(
  environment: Environment,
  engine: string,
  isEncrypted: boolean,
): Readonly<Record<string, string>> {
  const ca = pemFrom(environment, engine, 'CA_FILE');
  const certificate = pemFrom(environment, engine, 'CERTIFICATE_FILE');
  const key = pemFrom(environment, engine, 'KEY_FILE');
  const files = [ca, certificate, key].filter((file) => file !== undefined);
  if (!isEncrypted) {
    const [first] = files;
    if (first !== undefined) throw withoutTls(first.name);
    return { tls: 'false' };
  }
  for (const file of [ca, certificate]) if (file !== undefined) requireCertificate(file);
  if ((certificate === undefined) !== (key === undefined)) {
    throw new AckmarkError('USAGE', 'a client certificate and its key come together', {
      hint: `Set ${variableOf(engine, 'CERTIFICATE_FILE')} and ${variableOf(engine, 'KEY_FILE')}, or neither.`,
    });
  }
  if (certificate !== undefined && key !== undefined) requirePair(certificate, key);
  return {
    tls: 'true',
    ...(ca === undefined ? {} : { ca: ca.text }),
    ...(certificate === undefined ? {} : { certificate: certificate.text }),
    ...(key === undefined ? {} : { key: key.text }),
  };
}

/** Of Node's `tls.connect`. A private authority stands instead of the public ones. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Undefined: in the clear. */
export function tlsOptionsOf(settings: Readonly<Record<string, string>>): TlsOptions | undefined {
  const { tls, ca, certificate, key } = settings;
  if (tls !== 'true') return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

/** For the report: how the connection is protected, and nothing of what protects it. */
export function connectionText(settings: Readonly<Record<string, string>>, login: string): string {
  const { tls, ca, certificate } = settings;
  if (tls !== 'true') return `connection: in the clear, ${login}`;
  const authority = ca === undefined ? 'public authorities' : 'a private authority';
  const own = certificate === undefined ? '' : ', client certificate';
  return `connection: TLS, ${authority}${own}, ${login}`;
}

interface PemFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

function pemFrom(
  environment: Environment,
  engine: string,
  variable: Variable,
): PemFile | undefined {
  const path = valueOf(environment, engine, variable);
  if (path === undefined) return undefined;
  const name = variableOf(engine, variable);
  try {
    return { name, path, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw new AckmarkError('USAGE', `${name}: ${path} cannot be read`, {
      hint: 'Name a PEM file that exists and that you may read.',
      cause,
    });
  }
}

function requireCertificate({ name, path, text }: PemFile): void {
  try {
    void new X509Certificate(text);
  } catch (cause) {
    throw new AckmarkError('USAGE', `${name}: ${path} holds no certificate`, {
      hint: 'It must be PEM: a file with -----BEGIN CERTIFICATE----- in it.',
      cause,
    });
  }
}

function requirePair(certificate: PemFile, key: PemFile): void {
  try {
    createSecureContext({ cert: certificate.text, key: key.text });
  } catch (cause) {
    throw new AckmarkError('USAGE', `${key.name}: not the key of ${certificate.name}`, {
      hint: 'It must be the unencrypted PEM key that belongs to the certificate.',
      cause,
    });
  }
}

function withoutTls(name: string): AckmarkError {
  return new AckmarkError('USAGE', `${name} is set, and this URL is one without TLS`, {
    hint: `Write the URL with the scheme for TLS, or unset ${name}.`,
  });
}
