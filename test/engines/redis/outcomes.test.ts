import { describe, expect, test } from 'vitest';
import {
  codeOfErrorReply,
  isFromNoPrimary,
  outcomeOf,
  outcomes,
  RedisCode,
} from '../../../engines/redis/outcomes.ts';

describe('what an error reply says', () => {
  test.each([
    "READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    'LOADING Redis is loading the dataset in memory',
    'NOREPLICAS Not enough good replicas to write.',
    'MISCONF Errors writing to the AOF file: No space left on device',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
  ])('%s: the command was refused before it was executed', (message) => {
    expect(outcomeOf(codeOfErrorReply(message))).toBe('fail');
  });

  test.each(['ERR something went wrong', '', 'READONLYX', 'UNBLOCKED force unblock'])(
    '%j says nothing of what was done',
    (message) => {
      expect(outcomeOf(codeOfErrorReply(message))).toBe('unknown');
    },
  );

  test('a server that is no primary, or none yet, is left', () => {
    expect(isFromNoPrimary("READONLY You can't write against a read only replica.")).toBe(true);
    expect(isFromNoPrimary('LOADING Redis is loading the dataset in memory')).toBe(true);
    expect(isFromNoPrimary('WRONGTYPE Operation')).toBe(false);
  });
});

test('only what was refused before a byte, or by the server’s own word, is a definite failure', () => {
  const definite = Object.values(RedisCode).filter((code) => outcomeOf(code) === 'fail');
  expect(definite).toEqual([
    RedisCode.refusedByServer,
    RedisCode.notConnected,
    RedisCode.unsupported,
  ]);
  expect(Object.keys(outcomes)).toHaveLength(Object.keys(RedisCode).length);
});
