import type { Outcome } from '../engine.ts';

/**
 * The closed table of how a send or a settlement can end. Only a refusal before any byte, or the server's own
 * word in an answer of the 400s, is `fail`: an answer of the 500s does not say what became of the message.
 */
export const NatsCode = {
  ok: 0,
  refusedByServer: 1,
  notConnected: 2,
  refusedByClient: 3,
  unsupported: 4,
  serverError: 5,
  noResponders: 6,
  noAnswer: 7,
  connectionLost: 8,
  closedByUs: 9,
  notAsked: 10,
} as const;
export type NatsCode = (typeof NatsCode)[keyof typeof NatsCode];

export const outcomes: Readonly<Record<NatsCode, string>> = {
  [NatsCode.ok]: 'ok',
  [NatsCode.refusedByServer]: 'the JetStream API refused it',
  [NatsCode.notConnected]: 'not connected: refused before any byte',
  [NatsCode.refusedByClient]: 'refused by the client library before any byte',
  [NatsCode.unsupported]: 'needs a capability that NATS does not have here',
  [NatsCode.serverError]: 'the JetStream API answered with a server error',
  [NatsCode.noResponders]: 'no responders: nobody led the stream or the consumer',
  [NatsCode.noAnswer]: 'no answer in time',
  [NatsCode.connectionLost]: 'connection lost before the answer',
  [NatsCode.closedByUs]: 'closed by us before the answer',
  [NatsCode.notAsked]: 'published without asking for an answer',
};

const certainlyNotApplied: ReadonlySet<number> = new Set([
  NatsCode.refusedByServer,
  NatsCode.notConnected,
  NatsCode.refusedByClient,
  NatsCode.unsupported,
]);

export function outcomeOf(code: NatsCode): Outcome {
  if (code === NatsCode.ok) return 'ok';
  return certainlyNotApplied.has(code) ? 'fail' : 'unknown';
}

/** What the server answers when all is well, as it writes it: one for each message, and parsing is most of its price. */
const plainAnswer =
  /^\{"stream":"[^"\\]*", ?"seq":([1-9]\d{0,14})(?:, ?"(?!error")[a-z]+":(?:true|false|"[^"\\]*"))*\}$/;

/** What a publish acknowledgement says, and the sequence at which the stream holds the message. */
export interface PublishAnswer {
  readonly code: NatsCode;
  readonly sequence: number;
}

/**
 * @param text the JSON of a publish acknowledgement: `{"stream":…,"seq":…}` or `{"error":{"code":…}}`, as
 * https://docs.nats.io/reference/reference-protocols/nats_api_reference has it
 */
export function readPublishAnswer(text: string): PublishAnswer {
  const stored = plainAnswer.exec(text);
  if (stored !== null) return { code: NatsCode.ok, sequence: Number(stored[1]) };
  const answer = parsed(text);
  const error = field(answer, 'error');
  if (error !== undefined) {
    const status = field(error, 'code');
    const refused = typeof status === 'number' && status >= 400 && status < 500;
    return { code: refused ? NatsCode.refusedByServer : NatsCode.serverError, sequence: 0 };
  }
  const sequence = field(answer, 'seq');
  return typeof sequence === 'number' && Number.isInteger(sequence) && sequence > 0
    ? { code: NatsCode.ok, sequence }
    : { code: NatsCode.serverError, sequence: 0 };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever answered was no stream: nothing is known of the message.
    return undefined;
  }
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && name in of
    ? (of as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
