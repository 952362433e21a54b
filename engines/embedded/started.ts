import { AckmarkError } from '../../harness/core/errors.ts';
import type { ManagedProcess, ProcessSpec, ProvisionHost } from '../provisioner.ts';
import { BrokerConnection } from './client.ts';
import { NotLeading } from './not-leading.ts';
import { ProtocolError } from './protocol/bytes.ts';
import type { BrokerKind } from './protocol/protocol.ts';

export const loopback = '127.0.0.1';
const readyTimeoutMs = 20_000;
const probeTimeoutMs = 1_000;

/** What a broker says to a greeting: the port alone could be anybody's. */
export type Probed =
  | { readonly is: 'serving' | 'not-leading' }
  | { readonly is: 'silent'; readonly cause: unknown };

/** @throws AckmarkError when somebody else answers, which no waiting changes */
export async function probe(host: ProvisionHost, kind: BrokerKind, port: number): Promise<Probed> {
  try {
    const connection = await BrokerConnection.open(
      {
        address: `${loopback}:${port}`,
        kind,
        name: 'readiness',
        connectTimeoutMs: probeTimeoutMs,
        requestTimeoutMs: probeTimeoutMs,
        signal: host.signal,
      },
      { pushed: () => {}, closed: () => {}, drained: () => {} },
    );
    connection.close();
    return { is: 'serving' };
  } catch (error) {
    const cause = error instanceof AckmarkError ? error.cause : undefined;
    if (cause instanceof NotLeading) return { is: 'not-leading' };
    if (cause instanceof ProtocolError || host.signal.aborted) throw error;
    return { is: 'silent', cause: error };
  }
}

/** Starts a process that answers a probe when it is ready; nothing of it is left when it does not. */
export async function startProbed(
  host: ProvisionHost,
  spec: ProcessSpec,
  probed: () => Promise<Probed>,
): Promise<ManagedProcess> {
  const process = await host.start(spec);
  let lastCause: unknown;
  try {
    await process.ready(async () => {
      const answer = await probed();
      lastCause = answer.is === 'silent' ? answer.cause : undefined;
      return answer.is !== 'silent';
    }, readyTimeoutMs);
  } catch (error) {
    await process.stop(0);
    throw withCause(error, lastCause);
  }
  return process;
}

/** That it was not ready says little; what the last attempt met says why. */
function withCause(error: unknown, cause: unknown): unknown {
  const isBare = error instanceof AckmarkError && error.cause === undefined;
  if (!isBare || cause === undefined) return error;
  return new AckmarkError(error.code, error.message, { hint: error.hint, cause });
}

/** @throws AckmarkError PROCESS_DIED while it does not run */
export function running(process: ManagedProcess | undefined, name: string): ManagedProcess {
  if (process !== undefined) return process;
  throw new AckmarkError('PROCESS_DIED', `${name} is not running`, { hint: 'Restart it first.' });
}
