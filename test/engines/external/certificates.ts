import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificates {
  /** Of a private authority, which signed the other two. */
  readonly ca: string;
  /** For the name `localhost` and for no address. */
  readonly server: Pair;
  readonly client: Pair;
  /** Of an authority that signed neither. */
  readonly stranger: string;
}

/** A private authority and what it signed, made by openssl and valid for two days. */
export function makeCertificates(directory: string): Certificates {
  const ca = authority(directory, 'authority');
  return {
    ca: ca.certificate,
    server: signed(directory, 'server', 'subjectAltName=DNS:localhost', ca),
    client: signed(directory, 'client', 'extendedKeyUsage=clientAuth', ca),
    stranger: authority(directory, 'stranger').certificate,
  };
}

/** A line of the key itself, to look for where it must not be. */
export function secretLineOf({ key }: Pair): string {
  const line = readFileSync(key, 'utf8').split('\n')[1];
  if (line === undefined || line.length < 40) throw new Error(`${key} is no PEM key`);
  return line;
}

function authority(directory: string, name: string): Pair {
  const pair = pathsOf(directory, name);
  openssl('req', '-x509', ...newKey(pair), '-out', pair.certificate, ...subject(name), ...days);
  return pair;
}

function signed(directory: string, name: string, extension: string, by: Pair): Pair {
  const pair = pathsOf(directory, name);
  const request = join(directory, `${name}.csr`);
  const extensions = join(directory, `${name}.cnf`);
  writeFileSync(extensions, `${extension}\n`);
  openssl('req', ...newKey(pair), '-out', request, ...subject(name));
  const signer = ['-CA', by.certificate, '-CAkey', by.key, '-CAcreateserial'];
  const out = ['-extfile', extensions, '-out', pair.certificate];
  openssl('x509', '-req', '-in', request, ...signer, ...out, ...days);
  return pair;
}

function pathsOf(directory: string, name: string): Pair {
  return { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
}

const newKey = ({ key }: Pair): readonly string[] => [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-keyout',
  key,
];
const subject = (name: string): readonly string[] => ['-subj', `/CN=ackmark test ${name}`];
const days = ['-days', '2'] as const;

function openssl(...argv: readonly string[]): void {
  execFileSync('openssl', argv, { stdio: 'pipe' });
}
