import { describe, expect, test } from 'vitest';
import { mustAccept, mustRefuse } from '../../../engines/aws/fidelity/answers.ts';

const refused = (status: number, name: string) =>
  ({ is: 'refused', status, name, text: 'planted' }) as const;

describe('a refusal of what a call asks for', () => {
  test('is the one that the clause says, under any name where it says none', () => {
    const answer = mustRefuse('SendMessage', refused(400, 'MissingParameter'));
    expect(answer.verdict).toBe('kept');
  });

  test.each([
    [403, 'PurgeQueueInProgress', 'PurgeQueueInProgress'],
    [400, 'AWS.SimpleQueueService.QueueDoesNotExist', 'QueueDoesNotExist'],
    [404, 'NotFound', 'NotFound'],
    [403, 'OverLimit', 'OverLimit'],
  ])('is kept where the clause names it: %i %s', (status, name, named) => {
    expect(mustRefuse('Call', refused(status, name), [named]).verdict).toBe('kept');
  });

  test('deviates under another name than the document has', () => {
    const batch = mustRefuse('SendMessageBatch', refused(400, 'InvalidParameterValue'), [
      'EmptyBatchRequest',
    ]);
    const absence = mustRefuse('GetQueueUrl', refused(400, 'NonExistentQueue'), [
      'QueueDoesNotExist',
    ]);
    expect([batch.verdict, absence.verdict]).toEqual(['deviates', 'deviates']);
  });

  test('is one of a receipt also with the status of what is not there', () => {
    const answer = mustRefuse('DeleteMessage', refused(404, 'ReceiptHandleIsInvalid'));
    expect(answer.verdict).toBe('kept');
  });

  test('deviates where it has the name that the clause says and is told as a failure', () => {
    const answer = mustRefuse('Call', refused(500, 'EmptyBatchRequest'), ['EmptyBatchRequest']);
    expect(answer.verdict).toBe('deviates');
  });
});

describe('a refusal for another reason says nothing of the clause', () => {
  const others: readonly (readonly [number, string])[] = [
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [429, 'Slower'],
    [408, 'RequestTimeout'],
    [404, 'Nothing'],
    [400, 'RequestThrottled'],
    [400, 'ThrottlingException'],
    [404, 'QueueDoesNotExist'],
    [400, 'AWS.SimpleQueueService.NonExistentQueue'],
    [400, 'AccessDeniedException'],
    [500, 'InternalFailure'],
    [503, 'ServiceUnavailable'],
  ];

  test.each(others)('%i %s, where no error is named', (status, name) => {
    const answer = mustRefuse('SendMessage', refused(status, name));
    expect(answer).toMatchObject({
      verdict: 'inconclusive',
      answer: expect.stringContaining('planted'),
    });
  });

  test.each(others)('%i %s, where another error is named', (status, name) => {
    const answer = mustRefuse('SendMessageBatch', refused(status, name), ['EmptyBatchRequest']);
    expect(answer.verdict).toBe('inconclusive');
  });
});

describe('a refusal of what the document allows', () => {
  test('deviates, a failure of the target itself among it', () => {
    const of = (status: number, name: string) => mustAccept('Call', refused(status, name)).verdict;
    expect(of(400, 'InvalidParameterValue')).toBe('deviates');
    expect(of(500, 'InternalFailure')).toBe('deviates');
    expect(of(400, 'ResourceNotFoundException')).toBe('deviates');
  });

  test('is not modelled where the call is not known', () => {
    const answer = mustAccept('Call', refused(400, 'UnknownOperationException'));
    expect(answer.verdict).toBe('not-modelled');
  });

  test.each([
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'RequestThrottled'],
    [403, 'Forbidden'],
    [400, 'AccessDeniedException'],
    [429, 'Slower'],
    [503, 'ServiceUnavailable'],
  ])('says nothing where nobody looked at it: %i %s', (status, name) => {
    expect(mustAccept('Call', refused(status, name)).verdict).toBe('inconclusive');
  });
});
