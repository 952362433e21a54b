import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { notDone } from './access.ts';
import { protectionOf } from './address.ts';
import { settingsOf } from './deployment.ts';
import type { Link } from './link.ts';
import type { RedisOptions } from './options.ts';
import { openPrimary, type Primary } from './primary.ts';
import { onlineReplicas, type ServerInfo, whenReplicating } from './server-info.ts';
import { requireRights } from './rights.ts';
import { traits } from './traits.ts';

const answerTimeoutMs = 5_000;
/** Entries come with their bodies, which may be large. */
const pageEntries = 1_000;

export async function administer(target: Target, options: RedisOptions): Promise<Administration> {
  const administration = new RedisAdministration(target, options);
  await administration.connected();
  return administration;
}

class RedisAdministration implements Administration {
  readonly #target: Target;
  readonly #options: RedisOptions;
  #primary: Primary | undefined;

  constructor(target: Target, options: RedisOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** A server that was killed is met again, or another takes its place; who was succeeded knows nothing of worth. */
  async connected(): Promise<Link> {
    const before = this.#primary;
    if (before?.link.isOpen === true && (await before.isStillNamed())) return before.link;
    before?.link.end(new Error('it is not the primary any more'));
    const spec = { name: 'ackmark-administration', answerTimeoutMs };
    this.#primary = await openPrimary(this.#target, spec);
    return this.#primary.link;
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    try {
      return await this.#onPrimary('create the streams', (link) => this.#create(link, topology));
    } catch (error) {
      // Nobody else knows of what was created by then; why not all of it was is what the caller must hear.
      await this.remove({ topology }).catch(() => undefined);
      throw error;
    }
  }

  async #create(link: Link, topology: Topology): Promise<Deployed> {
    // A cell before this one may have struck some of what was started here.
    const { kind, nodes, address } = this.#target;
    if (kind === 'external') {
      const [first] = topology.destinations;
      await requireRights(link, address, `${first?.name ?? 'ackmark'}-rights`, this.#options);
    }
    const info = await whenReplicating(link, kind === 'external' ? 0 : nodes - 1);
    const appendFsync = await this.#appendFsync(link, info);
    for (const { name, destination } of topology.subscriptions) {
      const stream = streamOf(topology, destination);
      await link.call(['XGROUP', 'CREATE', stream, name, '0', 'MKSTREAM']);
    }
    const replicas = onlineReplicas(info);
    // Groups must not be what a failover loses: the cell is about entries.
    await link.call(['WAIT', String(replicas), String(answerTimeoutMs / 2)]);
    const waits = Math.min(this.#options.waitForReplicas, replicas);
    return {
      topology,
      effective: this.#effective(info, appendFsync, waits),
      settings: settingsOf({ replicas: waits }),
    };
  }

  /** As the group counts: entries that it has not read, and those that are read and not acknowledged. */
  async backlog({ topology }: Deployed, subscription: number): Promise<Backlog> {
    const spec = topology.subscriptions[subscription];
    invariant(spec !== undefined, `no subscription ${subscription}`);
    const stream = streamOf(topology, spec.destination);
    return this.#onPrimary('tell the backlog', async (link) => {
      const groups = await link.call<readonly (readonly unknown[])[]>(['XINFO', 'GROUPS', stream]);
      const group = groups.map(fieldsOf).find((fields) => fields.get('name') === spec.name);
      if (group === undefined) throw new Error(`${stream} has no group ${spec.name}`);
      if (this.#options.acknowledgement === 'none') return { by: 'quiescence' };
      const lag = this.#options.maxLength === 0 ? group.get('lag') : undefined;
      const ready =
        typeof lag === 'number'
          ? lag
          : await countAfter(link, stream, String(group.get('last-delivered-id')));
      return { by: 'exact-depth', ready, inFlight: Number(group.get('pending')) };
    });
  }

  async remove({ topology }: Pick<Deployed, 'topology'>): Promise<void> {
    const streams = topology.destinations.map(({ name }) => name);
    // Their groups go with them.
    await this.#onPrimary('remove the streams', (link) => link.call(['DEL', ...streams]));
  }

  async close(): Promise<void> {
    this.#primary?.link.end(new Error('the administration was closed'));
  }

  /** What the profile speaks of must be in force: a server elsewhere is as its owner has set it. */
  async #appendFsync(link: Link, info: ServerInfo): Promise<string> {
    const wanted = this.#options.appendFsync;
    const [, policy = 'unknown'] = await link.call<readonly string[]>([
      'CONFIG',
      'GET',
      'appendfsync',
    ]);
    const inForce = info.get('aof_enabled') === '1' ? policy : 'no append-only file';
    if (inForce === wanted) return inForce;
    // No matter of usage: this is known only when cells have run, and a violation among them outranks it.
    throw new AckmarkError(
      'TARGET_UNAVAILABLE',
      `the profile needs appendfsync ${wanted}, not: ${inForce}`,
      {
        hint: `Set appendonly yes and appendfsync ${wanted} at the server, or use another profile.`,
      },
    );
  }

  #effective(info: ServerInfo, appendFsync: string, waits: number): readonly string[] {
    const { nodes } = this.#target;
    const { acknowledgement, claimAfterMs, waitForReplicas, maxLength } = this.#options;
    const replicas = onlineReplicas(info);
    return [
      ...(this.#target.kind === 'external' ? [protectionOf(this.#target)] : []),
      `server: ${info.product}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
      `effective: append-only file synced ${appendFsync}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
      waitForReplicas === 0
        ? 'sends are acknowledged by the primary alone'
        : `sends are acknowledged after WAIT for ${waits} (${waitForReplicas} wished)`,
      maxLength === 0 ? 'streams are not trimmed' : `streams are trimmed to ${maxLength} entries`,
      acknowledgement === 'none'
        ? 'consumer: XREADGROUP with NOACK'
        : `consumer: XREADGROUP and XACK; XCLAIM of what was idle for ${claimAfterMs} ms`,
      'client: no reconnection, TCP_NODELAY, RESP 2',
    ];
  }

  async #onPrimary<T>(what: string, task: (link: Link) => Promise<T>): Promise<T> {
    const link = await this.connected();
    try {
      return await task(link);
    } catch (cause) {
      throw notDone(this.#target.address, what, cause);
    }
  }
}

function streamOf({ destinations }: Pick<Topology, 'destinations'>, index: number): string {
  const destination = destinations[index];
  invariant(destination !== undefined, `no destination ${index}`);
  return destination.name;
}

/** Names and values in turn. */
function fieldsOf(flat: readonly unknown[]): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), flat[at + 1]);
  return fields;
}

/**
 * The server's own count (`lag`) is off where entries were trimmed before they were read, and unknown where some
 * were deleted; then the entries behind the last one that the group has read are few enough to be counted.
 */
async function countAfter(link: Link, stream: string, id: string): Promise<number> {
  let count = 0;
  for (let last = id; ; ) {
    const asks = ['XRANGE', stream, `(${last}`, '+', 'COUNT', String(pageEntries)];
    const page = await link.call<readonly (readonly [id: string, fields: unknown])[]>(asks);
    count += page.length;
    const end = page.at(-1);
    if (end === undefined || page.length < pageEntries) return count;
    [last] = end;
  }
}
