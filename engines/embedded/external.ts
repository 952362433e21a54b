import type { Target } from '../engine.ts';
import { parseAddress } from './client.ts';
import { type BrokerKind, protocolVersion } from './protocol/protocol.ts';

/** `tcp://host:port` of a broker that somebody else started. @throws AckmarkError USAGE */
export function externalTarget(kind: BrokerKind, url: string): Target {
  const address = url.replace(/^tcp:\/\//, '').replace(/\/$/, '');
  parseAddress(address);
  const title = `embedded ${kind}, protocol ${protocolVersion}`;
  return { kind: 'external', title, address, nodes: 1, settings: {} };
}
