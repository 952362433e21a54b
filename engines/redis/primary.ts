import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import type { Endpoint } from '../provisioner.ts';
import { isRefusal, notDone } from './access.ts';
import { type Access, addressOf, openAccess } from './address.ts';
import { Link, type LinkSpec } from './link.ts';

/** What the sentinels that are started here call the primary and its replicas. */
export const primaryName = 'ackmark';

const lookUpMs = 1_000;

export interface Primary {
  readonly link: Link;
  /** Whether it is the one that sentinels name now: one that stood still hears late that it is no primary any more. */
  isStillNamed(): Promise<boolean>;
}

/**
 * A link to whoever is the primary: where there are sentinels, whom they name, and only if that one agrees, as the
 * guidelines for their clients ask (https://redis.io/docs/latest/develop/reference/sentinel-clients/); else the first
 * server that says so of itself.
 */
export async function openPrimary(target: Target, spec: LinkSpec): Promise<Primary> {
  const at = addressOf(target);
  const failures: unknown[] = [];
  for (const [index, server] of at.servers.entries()) {
    spec.signal?.throwIfAborted();
    const isNamed = async (): Promise<boolean> =>
      at.sentinels.length === 0 || (await primaryBySentinels(at.sentinels)) === at.members[index];
    try {
      if (!(await isNamed())) continue;
      return { link: await linkToPrimary(server, at, spec), isStillNamed: isNamed };
    } catch (error) {
      failures.push(error);
    }
  }
  throw noPrimary(target, failures);
}

/** Who refuses a login, or TLS, says more than that another is no primary. */
function noPrimary({ address }: Target, failures: readonly unknown[]): AckmarkError {
  const told = failures.filter((failure) => failure instanceof AckmarkError);
  const telling = told.find(({ code }) => code !== 'CONNECT_FAILED') ?? told[0];
  if (telling !== undefined && (telling.code !== 'CONNECT_FAILED' || failures.length === 1)) {
    return telling;
  }
  return new AckmarkError('CONNECT_FAILED', `no Redis at ${address} is a primary`, {
    hint: 'Check that servers listen there, and which of them leads.',
    cause: new AggregateError(failures, 'each was asked, or no sentinel names one'),
  });
}

/** One that still loads says that it is the primary, and refuses all else: it is not there yet. */
async function linkToPrimary(server: Endpoint, access: Access, spec: LinkSpec): Promise<Link> {
  const link = await Link.open(server, access, spec);
  try {
    const [role] = await Promise.all([roleOf(link), link.call<string>(['PING'])]);
    if (role.is === 'primary') return link;
    throw new Error(`${server.host}:${server.port} is no primary`);
  } catch (error) {
    link.end(new Error('it is no primary'));
    // Who may not ask learns nothing of who leads.
    const { host, port } = server;
    throw isRefusal(error) ? notDone(`${host}:${port}`, 'tell its role', error) : error;
  }
}

export type Role =
  | { readonly is: 'primary' }
  | { readonly is: 'replica'; readonly of: Endpoint }
  | { readonly is: 'other' };

/** What a server says of itself (ROLE). */
export async function roleOf(link: Link): Promise<Role> {
  const [role, host, port] = await link.call<readonly [string, string, number]>(['ROLE']);
  if (role === 'master') return { is: 'primary' };
  return role === 'slave' ? { is: 'replica', of: { host, port } } : { is: 'other' };
}

/** The primary by the word of the first sentinel that answers, as `host:port`; undefined when none does. */
export async function primaryBySentinels(
  sentinels: readonly Endpoint[],
): Promise<string | undefined> {
  for (const sentinel of sentinels) {
    try {
      const found = await asked<readonly string[] | null>(sentinel, [
        'SENTINEL',
        'GET-MASTER-ADDR-BY-NAME',
        primaryName,
      ]);
      if (found !== null) return found.join(':');
    } catch {
      // One that is down says nothing; another may.
    }
  }
  return undefined;
}

/** One question on a connection of its own, to a server that was started here. */
export const asked = <T>(server: Endpoint, question: readonly string[]): Promise<T> =>
  onServer(server, (link) => link.call<T>(question));

/** A connection that is over with its task, to a server that was started here. */
export async function onServer<T>(server: Endpoint, task: (link: Link) => Promise<T>): Promise<T> {
  const spec = { name: 'ackmark-look-up', answerTimeoutMs: lookUpMs };
  const link = await Link.open(server, openAccess, spec);
  try {
    return await task(link);
  } finally {
    link.end(new Error('the task is over'));
  }
}
