import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { isThrottle } from '../aws/call-failures.ts';
import { AwsCode } from '../aws/outcomes.ts';

/**
 * How an entry ended that is not among the successful ones of its batch. A fault of the service says nothing of what
 * was done, but where it says that calls came too often.
 * @param isFirst no attempt of the call before this one can have done anything
 */
export function codeOfEntry(failure: BatchResultErrorEntry | undefined, isFirst: boolean): AwsCode {
  if (failure === undefined) return AwsCode.notUnderstood;
  const { Code = '', SenderFault = false } = failure;
  if (!SenderFault && !isThrottle(Code)) return AwsCode.entryFailed;
  // What a retry of the whole call was told says nothing of the calls before it.
  if (!isFirst) return AwsCode.refusedLater;
  return isThrottle(Code) ? AwsCode.throttled : AwsCode.entryRefused;
}
