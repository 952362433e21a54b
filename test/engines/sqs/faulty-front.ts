import { type Answer, type Call, errorAnswer, type Front, startFront } from '../aws/http-front.ts';

/** What happens to an entry of a batch whose decoded body begins with the word. */
const entryFaults = {
  /** Not stored; `Failed` by the sender's fault. */
  REFUSE: { stored: false, failed: { SenderFault: true, Code: 'InvalidMessageContents' } },
  /** Stored, and yet `Failed` by the service's fault. */
  STUMBLE: { stored: true, failed: { SenderFault: false, Code: 'InternalError' } },
  /** Not stored; `Failed` for a limit. */
  THROTTLE: { stored: false, failed: { SenderFault: false, Code: 'RequestThrottled' } },
  /** Stored, and missing in the answer. */
  FORGET: { stored: true, failed: undefined },
} as const;
/** What happens to the whole call that has such an entry. */
const callFaults = {
  /** Refused for a limit, not carried out. */
  BUSY: { carriedOut: false, status: 400, error: 'RequestThrottled' },
  /** Carried out, and answered with an error. */
  BROKEN: { carriedOut: true, status: 500, error: 'InternalFailure' },
} as const;

/** HTTP before an SQS that answers batches as AWS may, and as no emulator does by itself. */
export const startFaultyFront = (upstream: string): Promise<Front> => startFront(upstream, relay);

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

async function relay({ operation, raw, forward }: Call): Promise<Answer> {
  if (operation !== 'AmazonSQS.SendMessageBatch') return forward();
  const batch = JSON.parse(raw.toString()) as { readonly Entries: readonly Entry[] };
  const fault = batch.Entries.flatMap((entry) => faultIn(callFaults, entry) ?? [])[0];
  if (fault !== undefined) {
    if (fault.carriedOut) await forward();
    return errorAnswer(fault.status, `com.amazonaws.sqs#${fault.error}`);
  }
  const faults = new Map(batch.Entries.map((entry) => [entry.Id, faultIn(entryFaults, entry)]));
  const Entries = batch.Entries.filter(({ Id }) => faults.get(Id)?.stored !== false);
  const result = await forward(Buffer.from(JSON.stringify({ ...batch, Entries })));
  const body = JSON.parse(result.body.toString()) as { readonly Successful?: readonly Entry[] };
  const Failed = [...faults].flatMap(([Id, one]) => (one?.failed ? [{ Id, ...one.failed }] : []));
  const Successful = (body.Successful ?? []).filter(({ Id }) => faults.get(Id) === undefined);
  return { ...result, body: Buffer.from(JSON.stringify({ Successful, Failed })) };
}

function faultIn<T>(faults: Readonly<Record<string, T>>, { MessageBody }: Entry): T | undefined {
  const body = Buffer.from(MessageBody, 'base64').toString();
  return Object.entries(faults).find(([word]) => body.startsWith(word))?.[1];
}
