import { describe, expect, it } from 'vitest';
import { typedBy, describeError } from '../../../harness/core/errors.ts';

describe('a hint', () => {
  it('has its commands as they are typed here, and nothing else changed', () => {
    expect(typedBy('npm run -s ackmark --', 'Run `ackmark up log`, then ackmark.')).toBe(
      'Run `npm run -s ackmark -- up log`, then ackmark.',
    );
  });
});

describe('what is told of an error', () => {
  it('has its causes, without a full stop in between', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:1');
    expect(describeError(new Error('Connection failed.', { cause }))).toBe(
      'Connection failed: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it('says once what thirty attempts say alike', () => {
    const attempts = Array.from({ length: 30 }, () => new Error('refused'));
    expect(describeError(new AggregateError(attempts, 'failed 30 times.'))).toBe(
      'failed 30 times: refused',
    );
  });

  it('counts what differs and is not told', () => {
    const attempts = ['a', 'b', 'a', 'c', 'd'].map((text) => new Error(text));
    expect(describeError(new AggregateError(attempts, 'failed'))).toBe('failed: a; b; c (3 of 4)');
  });
});
