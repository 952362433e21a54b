import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Target } from '../engine.ts';

/** How the client of a service behaves. */
export interface ClientManner {
  /** Requests of one call: 1 sends nothing again. */
  readonly attempts: number;
  readonly answerTimeoutMs: number;
}

/** A target here has no accounts, and asks nobody who he is. */
const anybody = { accessKeyId: 'ackmark', secretAccessKey: 'ackmark' } as const;
const connectTimeoutMs = 2_000;
/** More than all calls of a session that may be open at once: none waits for a socket. */
const socketsMost = 256;

/**
 * Settings of any client of the AWS SDK, all of them said here: what is left out, the SDK would take from the
 * environment and from the user’s files. HTTP/1.1 also where a client would rather have HTTP/2, which no target here
 * understands in the clear.
 */
export function clientSettings({ address }: Target, { attempts, answerTimeoutMs }: ClientManner) {
  const sockets = { keepAlive: true, maxSockets: socketsMost } as const;
  return {
    region: 'us-east-1',
    credentials: anybody,
    endpoint: address,
    maxAttempts: attempts,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    requestHandler: new NodeHttpHandler({
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
      connectionTimeout: connectTimeoutMs,
      requestTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  } as const;
}
