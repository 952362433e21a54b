import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

/** `JSClusterNoPeersErrF` and `JSClusterNotAvailErr` of the server's errors.json; neither is in the client. */
const noSuitablePeers = 10_005;
const clusterNotAvailable = 10_008;

const codes = {
  'stream-not-found': [JetStreamApiCodes.StreamNotFound],
  'not-yet': [noSuitablePeers, clusterNotAvailable],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** Whether the JetStream API answered with one of these errors. */
export function isAbout(error: unknown, what: keyof typeof codes): boolean {
  return (
    error instanceof JetStreamApiError && codes[what].some((code: number) => code === error.code)
  );
}
