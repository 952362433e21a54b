import { setTimeout as pause } from 'node:timers/promises';
import type { Link } from './link.ts';

/** Until replicas that were struck, or have just started, have caught up. */
const replicasMs = 30_000;
const pollMs = 100;

/** What INFO says, by its own names. */
export interface ServerInfo {
  get(name: string): string | undefined;
  /** `Redis 8.0.2` or `Valkey 8.1.1`, by the server's own word, made printable. */
  readonly product: string;
}

async function readInfo(link: Link): Promise<ServerInfo> {
  return parseInfo(await link.call<string>(['INFO']));
}

/** Lines of `name:value` between headings. */
export function parseInfo(text: string): ServerInfo {
  const values = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) {
      values.set(line.slice(0, colon), line.slice(colon + 1));
    }
  }
  const valkey = values.get('valkey_version');
  const product =
    valkey === undefined
      ? `Redis ${values.get('redis_version') ?? 'of unknown version'}`
      : `Valkey ${valkey}`;
  return {
    get: (name) => values.get(name),
    product: product.replace(/[^ -~]/g, '?').slice(0, 80),
  };
}

/** Replicas that receive what is written; one that still loads what was written before is none. */
export function onlineReplicas(info: ServerInfo): number {
  const connected = Number(info.get('connected_slaves') ?? 0);
  let online = 0;
  for (let number = 0; number < connected; number += 1) {
    if (info.get(`slave${number}`)?.includes('state=online') === true) online += 1;
  }
  return online;
}

/** What INFO says when so many replicas are online; rejects when they are not in time. */
export async function whenReplicating(link: Link, replicas: number): Promise<ServerInfo> {
  const endMs = performance.now() + replicasMs;
  for (;;) {
    const info = await readInfo(link);
    const online = onlineReplicas(info);
    if (online >= replicas) return info;
    if (performance.now() >= endMs) {
      throw new Error(`${online} of ${replicas} replicas are online`);
    }
    await pause(pollMs);
  }
}
