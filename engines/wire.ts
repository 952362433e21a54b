/**
 * What the fault proxy must know of a protocol to swallow the answer to a send: where a server's frame
 * ends and whether it answers a send. Pure and stateful per connection; loaded in the proxy's worker.
 */
export interface Wire {
  connection(): WireConnection;
}

export interface WireConnection {
  /** Observes client bytes in order (chunks as they come), to remember which requests are sends. */
  fromClient(chunk: Buffer): void;
  /** Consumes server bytes and returns the frames completed by them, in order; nothing is lost or changed. */
  fromServer(chunk: Buffer): readonly ServerFrame[];
}

export interface ServerFrame {
  readonly bytes: Buffer;
  /** How many sends the frame answers positively; 0 for any other frame. */
  readonly sendsAnswered: number;
}
