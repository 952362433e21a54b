import { type Answer, type Call, errorAnswer, type Front, startFront } from '../aws/http-front.ts';

/** What happens to a record of PutRecords whose data begin with the word. */
const recordFaults = {
  /** Not stored: the limit of its shard (API reference, PutRecords: response elements). */
  THROTTLE: { stored: false, told: { ErrorCode: 'ProvisionedThroughputExceededException' } },
  /** Stored, and yet told as a failure of the service. */
  STUMBLE: {
    stored: true,
    told: { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal failure' },
  },
  /** Stored, and missing in the answer. */
  FORGET: { stored: true, told: {} },
} as const;
/** What happens to the whole call that has such a record. */
const callFaults = {
  /** Refused for a limit, not carried out. */
  BUSY: { carriedOut: false, status: 400, error: 'ProvisionedThroughputExceededException' },
  /** Carried out, and answered with an error. */
  BROKEN: { carriedOut: true, status: 500, error: 'InternalFailure' },
} as const;

interface PutRecord {
  readonly Data: string;
}

/** HTTP before a Kinesis that answers PutRecords as AWS may, and as no emulator does by itself. */
export const startFaultyFront = (upstream: string): Promise<Front> => startFront(upstream, relay);

async function relay({ operation, raw, forward }: Call): Promise<Answer> {
  if (operation !== 'Kinesis_20131202.PutRecords') return forward();
  const call = JSON.parse(raw.toString()) as { readonly Records: readonly PutRecord[] };
  const fault = call.Records.flatMap((record) => faultIn(callFaults, record) ?? [])[0];
  if (fault !== undefined) {
    if (fault.carriedOut) await forward();
    return errorAnswer(fault.status, fault.error);
  }
  const faults = call.Records.map((record) => faultIn(recordFaults, record));
  const stored = call.Records.filter((_, index) => faults[index]?.stored !== false);
  const result = await forward(Buffer.from(JSON.stringify({ ...call, Records: stored })));
  const answered = JSON.parse(result.body.toString()) as { readonly Records: readonly object[] };
  const rest = [...answered.Records];
  const Records = faults.map((one) => {
    const entry = one?.stored === false ? undefined : rest.shift();
    return one?.told ?? entry;
  });
  const FailedRecordCount = faults.filter((one) => one !== undefined).length;
  return { ...result, body: Buffer.from(JSON.stringify({ FailedRecordCount, Records })) };
}

function faultIn<T>(faults: Readonly<Record<string, T>>, { Data }: PutRecord): T | undefined {
  const data = Buffer.from(Data, 'base64').toString();
  return Object.entries(faults).find(([word]) => data.startsWith(word))?.[1];
}
