import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { parseAddress } from './client.ts';
import { type BrokerKind, protocolVersion } from './protocol/protocol.ts';

/** `tcp://host:port` of a broker that somebody else started. @throws AckmarkError USAGE */
export function externalTarget(kind: BrokerKind, url: string): Target {
  if (url.includes('://') && !url.startsWith('tcp://')) {
    throw new AckmarkError('USAGE', `this URL is not that of an embedded ${kind}`, {
      hint: 'Write tcp://host:port.',
    });
  }
  const address = url.replace(/^tcp:\/\//, '').replace(/\/$/, '');
  parseAddress(address);
  const title = `embedded ${kind}, protocol ${protocolVersion}`;
  return { kind: 'external', title, address, nodes: 1, settings: {} };
}
