import { AckmarkError } from '../harness/core/errors.ts';
import { variableOf } from './external-access.ts';

/** A system, as it is called in a sentence, and the engine whose variables let in. */
export interface Elsewhere {
  readonly engine: string;
  readonly name: string;
  readonly address: string;
}

/** Node's names for what can be wrong with a certificate itself (Node.js, tls: X509 certificate error codes). */
const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
]);

/** @returns TLS_FAILED with what to do about it; undefined when TLS is not what failed */
export function tlsFailure(at: Elsewhere, cause: unknown): AckmarkError | undefined {
  for (const error of everyErrorIn(cause)) {
    const told = toldOf(error, at);
    if (told === undefined) continue;
    const { what, hint } = told;
    return new AckmarkError('TLS_FAILED', `${at.name} at ${at.address}: ${what}`, { hint, cause });
  }
  return undefined;
}

function toldOf(
  error: Error & { readonly code?: unknown },
  { engine }: Elsewhere,
): { readonly what: string; readonly hint: string } | undefined {
  const code = typeof error.code === 'string' ? error.code : '';
  if (untrusted.has(code)) {
    return {
      what: 'its certificate is not trusted',
      hint: `Set ${variableOf(engine, 'CA_FILE')} to the PEM file of the authority that signed it.`,
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      what: 'its certificate is for other names',
      hint: 'Use a name that the certificate has, also in what the system tells its clients as its addresses.',
    };
  }
  if (code.startsWith('ERR_SSL_') && code.includes('ALERT')) {
    return {
      what: 'it ended the TLS handshake',
      hint: `It may ask for a client certificate: ${variableOf(engine, 'CERTIFICATE_FILE')} and ${variableOf(engine, 'KEY_FILE')}.`,
    };
  }
  const isReset = code === 'ECONNRESET' && error.message.includes('secure TLS connection');
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || isReset) {
    return {
      what: 'what listens there does not speak TLS',
      hint: 'Use the port of a listener with TLS, or a URL without it.',
    };
  }
  return undefined;
}

/** The error itself, its causes, and the members of aggregates among them; each once. */
export function everyErrorIn(error: unknown): readonly (Error & { readonly code?: unknown })[] {
  const found = new Set<Error>();
  const pending: unknown[] = [error];
  while (pending.length > 0) {
    const next = pending.shift();
    if (!(next instanceof Error) || found.has(next)) continue;
    found.add(next);
    pending.push(next.cause, ...(next instanceof AggregateError ? next.errors : []));
  }
  return [...found];
}
