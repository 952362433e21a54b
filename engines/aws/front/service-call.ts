/** A call of AWS JSON 1.0 or 1.1, whose operation is named by a header and whose parameters are a document. */
export interface ServiceCall {
  /** `SendMessageBatch`; empty where the call is no such one. */
  readonly operation: string;
  readonly parameters: Parameters;
  /** Of the request, and of an answer to it: it tells the versions of the protocol apart. */
  readonly contentType: string;
}

export type Parameters = Readonly<Record<string, unknown>>;

export interface ServiceAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Carries the call out, as it came or with other parameters, or another operation that has them. Rejects where the
 * service gives no answer.
 */
export type Forward = (parameters?: Parameters, operation?: string) => Promise<ServiceAnswer>;

/** `lost`: the connection is cut instead of an answer. */
export type Reaction =
  | { readonly is: 'answered'; readonly answer: ServiceAnswer }
  | { readonly is: 'lost' };

/** What stands between a client and the service does to a call. */
export interface Manner {
  react(call: ServiceCall, forward: Forward): Promise<Reaction>;
}

export const answered = (answer: ServiceAnswer): Reaction => ({ is: 'answered', answer });

/** @param target `AmazonSQS.SendMessageBatch` */
export function serviceCall(
  target: string | undefined,
  contentType: string | undefined,
  body: Buffer,
): ServiceCall {
  return {
    operation: target?.split('.').at(-1) ?? '',
    parameters: target === undefined ? {} : documentIn(body),
    contentType: contentType ?? 'application/x-amz-json-1.0',
  };
}

/** What is no document of JSON has no parameters, and the service may say what it thinks of it. */
export function documentIn(body: Buffer): Parameters {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The elements of a list among the parameters, each of them a document. */
export function listIn(of: Parameters, name: string): readonly Parameters[] {
  const list = of[name];
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object') : [];
}

export const textIn = (of: Parameters, name: string): string => {
  const text = of[name];
  return typeof text === 'string' ? text : '';
};

export const withDocument = (answer: ServiceAnswer, document: Parameters): ServiceAnswer => ({
  ...answer,
  body: Buffer.from(JSON.stringify(document)),
});

/** The service carried it out, and says so with these words. */
export const goodAnswer = ({ contentType }: ServiceCall, document: Parameters): ServiceAnswer =>
  withDocument({ status: 200, contentType, body: Buffer.alloc(0) }, document);

/** @param type name of the error, as the service's API reference has it */
export const errorAnswer = (
  { contentType }: ServiceCall,
  status: number,
  type: string,
): ServiceAnswer =>
  withDocument(
    { status, contentType, body: Buffer.alloc(0) },
    { __type: type, message: `${type}, by the proxy of the harness` },
  );

export const isGood = ({ status }: ServiceAnswer): boolean => status >= 200 && status < 300;
