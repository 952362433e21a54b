import type { ClauseAnswer } from '../../fidelity.ts';
import { isThrottle } from '../call-failures.ts';

/** A call that the target answered: with what was asked for, or with an error of its own. */
export type Answered<T> =
  | { readonly is: 'ok'; readonly value: T }
  | {
      readonly is: 'refused';
      readonly status: number;
      readonly name: string;
      readonly text: string;
    };
type Refused = Extract<Answered<unknown>, { is: 'refused' }>;

/** @throws whatever ended the call without an answer: that is no evidence */
export async function answered<T>(call: Promise<T>): Promise<Answered<T>> {
  try {
    return { is: 'ok', value: await call };
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status < 400 || !(error instanceof Error)) throw error;
    return { is: 'refused', status, name: error.name, text: error.message };
  }
}

export const kept = (request: string, answer: string): ClauseAnswer => ({
  verdict: 'kept',
  request,
  answer,
});
export const deviates = (request: string, answer: string): ClauseAnswer => ({
  verdict: 'deviates',
  request,
  answer,
});
export const notModelled = (request: string, answer: string): ClauseAnswer => ({
  verdict: 'not-modelled',
  request,
  answer,
});
export const inconclusive = (request: string, answer: string): ClauseAnswer => ({
  verdict: 'inconclusive',
  request,
  answer,
});

export function judged(isKept: boolean, request: string, answer: string): ClauseAnswer {
  return isKept ? kept(request, answer) : deviates(request, answer);
}

/**
 * Of a call that the document allows. A target that does not know it at all models nothing of the clause; who was
 * throttled or not let in was not answered.
 */
export function refusalOf(request: string, refused: Refused): ClauseAnswer {
  const answer = refusalText(refused);
  if (isNotOffered(refused)) return notModelled(request, answer);
  return isOfEnvironment(refused) ? inconclusive(request, answer) : deviates(request, answer);
}

/** As `refusalOf`, of a call that another clause is about. */
export function refusalBefore(request: string, refused: Refused): ClauseAnswer {
  return isNotOffered(refused)
    ? notModelled(request, refusalText(refused))
    : inconclusive(request, refusalText(refused));
}

/**
 * The document says that the call is refused.
 * @param names of the error, where the document says which; empty: any refusal of what the call asks for will do
 */
export function mustRefuse(
  request: string,
  answer: Answered<unknown>,
  names: readonly string[] = [],
): ClauseAnswer {
  if (answer.is === 'ok') return deviates(request, 'accepted');
  if (isNotOffered(answer)) return notModelled(request, refusalText(answer));
  const isNamed = names.includes(lastWord(answer.name));
  // A target that fails by itself has not looked at what it is asked for.
  if (!isNamed && (answer.status >= 500 || isOfAnotherReason(answer, names))) {
    return inconclusive(request, refusalText(answer));
  }
  const isExpected = isNamed || names.length === 0;
  return judged(answer.status < 500 && isExpected, request, refusalText(answer));
}

/** Refusals that come before anybody looks at what a call asks for: of who asks, how often, and how slowly. */
const statusesOfEnvironment: ReadonlySet<number> = new Set([401, 403, 408, 429, 503]);
const namesOfAccess =
  /^(?:AccessDenied|AuthorizationError|ExpiredToken|IncompleteSignature|InvalidClientTokenId|InvalidSecurity|MissingAuthenticationToken|NotAuthorized|RequestExpired|SignatureDoesNotMatch|UnrecognizedClient)/;
/** What says so whatever its status: 404 in the model of SQS, 400 on its page. */
const nameOfReceipt = 'ReceiptHandleIsInvalid';

/** @param names that the clause is about: where it is about something that is not there, absence is no other reason */
function isOfAnotherReason(refused: Refused, names: readonly string[]): boolean {
  const name = lastWord(refused.name);
  if (name === nameOfReceipt) return false;
  if (isOfEnvironment(refused)) return true;
  const isOfAbsence = isAbsence(name) || refused.status === 404;
  return isOfAbsence && !names.some(isAbsence);
}

function isOfEnvironment({ name, status }: Refused): boolean {
  const word = lastWord(name);
  return isThrottle(word) || namesOfAccess.test(word) || statusesOfEnvironment.has(status);
}

/** Names of errors that say that something is not there (API references of SQS, SNS and Kinesis). */
const isAbsence = (name: string): boolean =>
  /(?:DoesNotExist|NonExistentQueue|NotFound)(?:Exception)?$/.test(name);

/** Of the look at a queue, a topic or a stream after a crash: that it is gone is known only where the target says so. */
export function refusalAfterCrash(
  request: string,
  what: 'queue' | 'topic' | 'stream',
  refused: Refused,
): ClauseAnswer {
  return isAbsence(lastWord(refused.name))
    ? notModelled(request, `keeps nothing: the ${what} is gone, too (${refusalText(refused)})`)
    : inconclusive(request, `after the crash the ${what} was not seen: ${refusalText(refused)}`);
}

/** The document says that the call is accepted. */
export function mustAccept(request: string, answer: Answered<unknown>): ClauseAnswer {
  return answer.is === 'ok' ? kept(request, 'accepted') : refusalOf(request, answer);
}

/** The worst of several answers to one clause: what deviates outranks what is missing. */
export function worstOf(answers: readonly ClauseAnswer[]): ClauseAnswer {
  const order = ['deviates', 'inconclusive', 'not-modelled'] as const;
  for (const verdict of order) {
    const found = answers.find((one) => one.verdict === verdict);
    if (found !== undefined) return found;
  }
  return {
    verdict: answers.length === 0 ? 'inconclusive' : 'kept',
    request: answers.map(({ request }) => request).join('; '),
    answer: [...new Set(answers.map(({ answer }) => answer))].join('; '),
  };
}

export function refusalText({ status, name, text }: Refused): string {
  return `${status} ${lastWord(name)}: ${text}`;
}

/** Thrown where a probe cannot go on: what it asks about was never reached. */
export function established(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(`not established: ${what}`);
}

const unknownCalls: ReadonlySet<string> = new Set([
  'InvalidAction',
  'NotImplemented',
  'UnknownOperationException',
  'UnsupportedOperation',
  'UnsupportedOperationException',
]);

function isNotOffered({ status, name, text }: Refused): boolean {
  return (
    status === 501 ||
    unknownCalls.has(lastWord(name)) ||
    /unknown action|not (?:been )?implemented|unsupported action/i.test(text)
  );
}

/** Names of errors may have their service before them: `AWS.SimpleQueueService.NonExistentQueue`. */
const lastWord = (name: string): string => name.split('.').at(-1) ?? name;

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: number };
  return httpStatusCode;
}
