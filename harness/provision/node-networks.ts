import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManagedProcess, NodeNetworks, ProvisionHost } from '../../engines/provisioner.ts';
import { AckmarkError, invariant } from '../core/errors.ts';
import { isolate, layCables, rejoin } from './network-scripts.ts';
import { type StuckSockets, stuckSockets } from './stuck-sockets.ts';

const readyMs = 10_000;
const scriptMs = 20_000;
const stopGraceMs = 1_000;
const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Networks that can be parted while they are in use. */
export interface PartableNetworks extends NodeNetworks {
  /** From all other members, in both directions; not from this machine, where clients are. */
  isolate(member: number): Promise<void>;
  rejoin(member: number): Promise<void>;
  /** Connections of a member with the others on which something waits to arrive. */
  stuckWith(member: number): Promise<StuckSockets>;
  /** After everything that is in them. */
  close(): Promise<void>;
}

/**
 * A network for each member and a switch between them, to which this machine has a cable, too.
 *
 * @throws AckmarkError UNSUITABLE_MACHINE where that cannot be had; nothing of it is left
 */
export async function openNodeNetworks(
  host: ProvisionHost,
  directory: string,
  members: number,
): Promise<PartableNetworks> {
  const holders: ManagedProcess[] = [];
  const networks = new Networks(host, directory, await host.freePort(), holders);
  try {
    // One of them is the switch's.
    for (let number = 0; number <= members; number += 1) {
      holders.push(await holdNetwork(host, directory, number));
    }
    await networks.lay();
    return networks;
  } catch (cause) {
    await networks.close();
    host.signal.throwIfAborted();
    throw new AckmarkError(
      'UNSUITABLE_MACHINE',
      'networks for nodes of their own cannot be made here',
      {
        hint: 'They need Linux, root (in a container: privileged), unshare, nsenter and ip.',
        cause,
      },
    );
  }
}

/** A process that does nothing but be in a network of its own. */
async function holdNetwork(
  host: ProvisionHost,
  directory: string,
  number: number,
): Promise<ManagedProcess> {
  const own = await readlink('/proc/self/ns/net');
  const holder = await host.start({
    name: `network ${number}`,
    command: '/usr/bin/unshare',
    arguments: ['--net', '--', '/bin/sleep', 'infinity'],
    directory,
    environment: { PATH: systemPath },
    logFile: join(directory, 'networks.log'),
  });
  try {
    // One that has ended is in none; what it said of that is in its log.
    const isApart = async (): Promise<boolean> =>
      (await readlink(`/proc/${holder.pid}/ns/net`).catch(() => own)) !== own;
    await holder.ready(isApart, readyMs);
  } catch (error) {
    await holder.stop(0);
    throw error;
  }
  return holder;
}

class Networks implements PartableNetworks {
  readonly #host: ProvisionHost;
  readonly #directory: string;
  readonly #number: number;
  /** The switch's first. */
  readonly #holders: readonly ManagedProcess[];

  /** @param number that no other harness on this machine has now */
  constructor(
    host: ProvisionHost,
    directory: string,
    number: number,
    holders: readonly ManagedProcess[],
  ) {
    this.#host = host;
    this.#directory = directory;
    this.#number = number;
    this.#holders = holders;
  }

  async lay(): Promise<void> {
    const [hub, ...members] = this.#holders.map(({ pid }) => String(pid));
    invariant(hub !== undefined, 'there is a switch');
    // A card has a name of at most 15 characters.
    await this.#run(layCables, [hub, `ackmark${this.#number}`, this.#subnet, ...members]);
  }

  addressOf(member: number): string {
    return `${this.#subnet}.${11 + member}`;
  }

  inside(member: number, spec: Parameters<NodeNetworks['inside']>[1]): typeof spec {
    const { command, arguments: args } = spec;
    const net = `--net=/proc/${this.#holderOf(member).pid}/ns/net`;
    return { ...spec, command: '/usr/bin/nsenter', arguments: [net, '--', command, ...args] };
  }

  isolate(member: number): Promise<void> {
    return this.#run(isolate, this.#withOthers(member));
  }

  rejoin(member: number): Promise<void> {
    return this.#run(rejoin, this.#withOthers(member));
  }

  stuckWith(member: number): Promise<StuckSockets> {
    const addresses = this.#othersThan(member).map((other) => this.addressOf(other));
    return stuckSockets(this.#holderOf(member).pid, addresses);
  }

  async close(): Promise<void> {
    await Promise.all(this.#holders.map((holder) => holder.stop(stopGraceMs)));
  }

  /** Of those that are kept for tests of networks (RFC 2544), so that no real one is hidden. */
  get #subnet(): string {
    return `198.${18 + ((this.#number >> 8) & 1)}.${this.#number & 0xff}`;
  }

  #holderOf(member: number): ManagedProcess {
    const holder = this.#holders[member + 1];
    invariant(holder !== undefined, `there is a member ${member}`);
    return holder;
  }

  #othersThan(member: number): readonly number[] {
    const all = Array.from({ length: this.#holders.length - 1 }, (_, other) => other);
    return all.filter((other) => other !== member);
  }

  #withOthers(member: number): readonly string[] {
    return [member, ...this.#othersThan(member)].flatMap((one) => [
      String(this.#holderOf(one).pid),
      this.addressOf(one),
    ]);
  }

  async #run(script: string, args: readonly string[]): Promise<void> {
    await this.#host.run(
      {
        name: 'networks of nodes',
        command: '/bin/sh',
        arguments: ['-c', script, 'sh', ...args],
        directory: this.#directory,
        environment: { PATH: systemPath },
        logFile: join(this.#directory, 'networks.log'),
      },
      scriptMs,
    );
  }
}
