import type { Outcome } from '../engine.ts';

/**
 * The closed table of how a call, or one entry of a batch, can end. An answer with a status of 4xx means that nothing
 * was done, one of 5xx does not say. A refusal after attempts that were not answered speaks only of itself.
 */
export const AwsCode = {
  ok: 0,
  unsupported: 1,
  unfit: 2,
  entryRefused: 3,
  callRefused: 4,
  throttled: 5,
  notConnected: 6,
  entryFailed: 7,
  serverError: 8,
  noAnswer: 9,
  connectionLost: 10,
  notUnderstood: 11,
  refusedLater: 12,
  heldBack: 13,
  closedByUs: 14,
} as const;
export type AwsCode = (typeof AwsCode)[keyof typeof AwsCode];

export const outcomes: Readonly<Record<AwsCode, string>> = {
  [AwsCode.ok]: 'ok',
  [AwsCode.unsupported]: 'needs a capability that the service does not have here',
  [AwsCode.unfit]: 'the service takes no such message: refused before any byte',
  [AwsCode.entryRefused]: 'Failed entry of a batch, by the sender’s fault',
  [AwsCode.callRefused]: 'the call was refused (4xx)',
  [AwsCode.throttled]: 'throttled: refused by a limit of calls',
  [AwsCode.notConnected]: 'not connected: refused before any byte',
  [AwsCode.entryFailed]: 'Failed entry of a batch, by the service’s fault',
  [AwsCode.serverError]:
    'the service answered with an error that does not say what it has done (5xx)',
  [AwsCode.noAnswer]: 'no answer in time',
  [AwsCode.connectionLost]: 'connection lost before the answer',
  [AwsCode.notUnderstood]: 'the answer was not understood, or said nothing of this entry',
  [AwsCode.refusedLater]: 'refused at the client’s last attempt, and not answered before',
  [AwsCode.heldBack]: 'not sent: the outcome of a send before it is not known',
  [AwsCode.closedByUs]: 'closed by us before the answer',
};

const certainlyNotApplied: ReadonlySet<AwsCode> = new Set<AwsCode>([
  AwsCode.unsupported,
  AwsCode.unfit,
  AwsCode.entryRefused,
  AwsCode.callRefused,
  AwsCode.throttled,
  AwsCode.notConnected,
]);

export function outcomeOf(code: AwsCode): Outcome {
  if (code === AwsCode.ok) return 'ok';
  return certainlyNotApplied.has(code) ? 'fail' : 'unknown';
}
