import { readFile } from 'node:fs/promises';

/** TCP connections between a process's network and given addresses on which something waits to arrive. */
export interface StuckSockets {
  /** Those that were open, and send in vain. */
  readonly open: number;
  /** Those that are not made, because nobody answers. */
  readonly opening: number;
  readonly unacknowledgedBytes: number;
}

const established = '01';
const synSent = '02';

/** As the kernel tells of the network that process `pid` is in. */
export async function stuckSockets(
  pid: number,
  addresses: readonly string[],
): Promise<StuckSockets> {
  const tables = ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8'));
  return stuckIn((await Promise.all(tables)).join('\n'), addresses);
}

/** Lines of `/proc/net/tcp` and `tcp6`; in the latter addresses of IPv4 end as they stand in the former. */
export function stuckIn(table: string, addresses: readonly string[]): StuckSockets {
  const others = addresses.map(inHexadecimal);
  const seen = { open: 0, opening: 0, unacknowledgedBytes: 0 };
  for (const line of table.split('\n')) {
    const [, , remote = '', state = '', queues = ''] = line.trim().split(/\s+/);
    const [address = ''] = remote.split(':');
    if (!others.some((other) => address.endsWith(other))) continue;
    const unacknowledged = Number.parseInt(queues.split(':')[0] ?? '', 16) || 0;
    if (state === synSent) seen.opening += 1;
    if (state !== established || unacknowledged === 0) continue;
    seen.open += 1;
    seen.unacknowledgedBytes += unacknowledged;
  }
  return seen;
}

/** `198.18.0.11` as `0B0012C6`: the kernel prints the four bytes as one number of a little-endian machine. */
function inHexadecimal(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return bytes.toReversed().join('').toUpperCase();
}
