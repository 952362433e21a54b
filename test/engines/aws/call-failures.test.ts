import { describe, expect, test } from 'vitest';
import { failureOf, isThrottle } from '../../../engines/aws/call-failures.ts';
import { AwsCode, outcomeOf, outcomes } from '../../../engines/aws/outcomes.ts';

const answered = (name: string, httpStatusCode: number, attempts = 1): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode, attempts } });

/** As the client's HTTP handler rejects: a reset is a timeout by its name, and itself by its code. */
const met = (name: string, code: string | undefined, attempts = 1): Error =>
  Object.assign(new Error(name), { name, code, $metadata: { attempts } });

describe('a call that the client rejects', () => {
  test.each([
    ['an error of ours', answered('QueueDoesNotExist', 400), AwsCode.callRefused],
    ['a limit of calls', answered('RequestThrottled', 400), AwsCode.throttled],
    ['a limit, by its status', answered('Error', 429), AwsCode.throttled],
    ['an error of theirs', answered('InternalFailure', 500), AwsCode.serverError],
    ['theirs, of being busy', answered('ServiceUnavailable', 503), AwsCode.serverError],
    ['a request that they gave up', answered('RequestTimeout', 408), AwsCode.serverError],
    ['a good answer that breaks off', answered('SyntaxError', 200), AwsCode.notUnderstood],
    ['a reset', met('TimeoutError', 'ECONNRESET'), AwsCode.connectionLost],
    ['a broken pipe', met('Error', 'EPIPE'), AwsCode.connectionLost],
    ['nobody there', met('Error', 'ECONNREFUSED'), AwsCode.notConnected],
    ['no such host', met('Error', 'ENOTFOUND'), AwsCode.notConnected],
    ['silence', met('TimeoutError', 'ETIMEDOUT'), AwsCode.noAnswer],
    ['a connection that does not open', met('TimeoutError', undefined), AwsCode.noAnswer],
    ['our own end', met('AbortError', undefined), AwsCode.closedByUs],
    ['something that is no error', 'text', AwsCode.notUnderstood],
    ['nothing', null, AwsCode.notUnderstood],
  ])('%s', (_, error, code) => {
    expect(failureOf(error)).toMatchObject({ code, attempts: 1 });
  });

  test('a reset is found among the causes of an aggregate', () => {
    const both = new AggregateError([met('Error', 'ECONNREFUSED'), met('Error', 'ECONNREFUSED')]);
    expect(failureOf(new Error('fetch failed', { cause: both })).code).toBe(AwsCode.notConnected);
  });

  test('only what is met below HTTP may be met by the next call, too', () => {
    expect(failureOf(met('TimeoutError', 'ECONNRESET')).isOfConnection).toBe(true);
    expect(failureOf(met('Error', 'ECONNREFUSED', 3)).isOfConnection).toBe(true);
    expect(failureOf(answered('InternalFailure', 500)).isOfConnection).toBe(false);
  });

  test.each([
    ['refused', answered('QueueDoesNotExist', 400, 2)],
    ['throttled', answered('RequestThrottled', 400, 3)],
    ['met by nobody', met('Error', 'ECONNREFUSED', 3)],
  ])('%s at a later attempt, it may have been carried out at an earlier one', (_, error) => {
    const { code } = failureOf(error);
    expect(code).toBe(AwsCode.refusedLater);
    expect(outcomeOf(code)).toBe('unknown');
  });

  test('a limit is known by its name, with the service before it or without', () => {
    expect(isThrottle('AWS.SimpleQueueService.RequestThrottled')).toBe(true);
    expect(isThrottle('ProvisionedThroughputExceededException')).toBe(true);
    expect(isThrottle('InternalError')).toBe(false);
  });
});

describe('the table of outcomes', () => {
  test('only what certainly was not done has failed', () => {
    const failed = Object.values(AwsCode).filter((code) => outcomeOf(code) === 'fail');
    expect(failed).toEqual([
      AwsCode.unsupported,
      AwsCode.unfit,
      AwsCode.entryRefused,
      AwsCode.callRefused,
      AwsCode.throttled,
      AwsCode.notConnected,
    ]);
  });

  test('ok is code 0 and nothing else, and every code has a name', () => {
    const ok = Object.values(AwsCode).filter((code) => outcomeOf(code) === 'ok');
    expect(ok).toEqual([0]);
    expect(Object.keys(outcomes)).toHaveLength(Object.keys(AwsCode).length);
  });
});
