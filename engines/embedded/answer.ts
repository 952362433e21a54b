import type { ByteReader } from './protocol/bytes.ts';
import type { Refusal } from './protocol/protocol.ts';

/** What came back. `lost`: the connection ended first, so nobody knows whether the request was carried out. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: ByteReader }
  | { readonly kind: 'refused'; readonly status: Refusal; readonly reason: string }
  | { readonly kind: 'lost' };
