import { describe, expect, test } from 'vitest';
import {
  NatsCode,
  outcomeOf,
  outcomes,
  readPublishAnswer,
} from '../../../engines/nats/outcomes.ts';

describe('what an answer to a publish says', () => {
  test('a sequence means stored, also when it is that of an earlier copy', () => {
    expect(readPublishAnswer('{"stream":"s","seq":7}')).toEqual({ code: NatsCode.ok, sequence: 7 });
    expect(readPublishAnswer('{"stream":"s","seq":7,"duplicate":true}').sequence).toBe(7);
  });

  test.each([
    [400, NatsCode.refusedByServer],
    [429, NatsCode.refusedByServer],
    [500, NatsCode.serverError],
    [503, NatsCode.serverError],
  ])('an error of status %i has a code of its own', (status, code) => {
    const text = `{"error":{"code":${status},"err_code":10077,"description":"x"},"stream":"s","seq":0}`;
    expect(readPublishAnswer(text).code).toBe(code);
  });

  test.each([
    '',
    'hello',
    'null',
    '[]',
    '{}',
    '{"seq":0}',
    '{"seq":"7"}',
    '{"error":true,"seq":7}',
  ])('%j is no acknowledgement, and proves nothing', (text) => {
    expect(outcomeOf(readPublishAnswer(text).code)).toBe('unknown');
  });
});

test('only what was refused before a byte, or by the server’s own word, is a definite failure', () => {
  const definite = Object.values(NatsCode).filter((code) => outcomeOf(code) === 'fail');
  expect(definite).toEqual([
    NatsCode.refusedByServer,
    NatsCode.notConnected,
    NatsCode.refusedByClient,
    NatsCode.unsupported,
  ]);
  expect(Object.keys(outcomes)).toHaveLength(Object.keys(NatsCode).length);
});
