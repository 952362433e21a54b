/** What a peer sent is no Pulsar protocol, or none that is understood here: the connection is of no use any more. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
