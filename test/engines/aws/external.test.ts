import { describe, expect, test } from 'vitest';
import { externalTarget } from '../../../engines/aws/external.ts';

const at = (url: string) => externalTarget('sqs', 'SQS', url);

describe('a target that somebody else started', () => {
  test('is named by its URL, and called by what it is not', () => {
    expect(at('http://localhost:4566/')).toEqual({
      kind: 'external',
      title: 'what stands for SQS at localhost:4566',
      address: 'http://localhost:4566',
      nodes: 1,
      settings: {},
    });
  });

  test.each([
    '',
    'localhost:4566',
    'https://sqs.us-east-1.amazonaws.com',
    'http://sqs.us-east-1.amazonaws.com',
    'http://SQS.cn-north-1.amazonaws.com.cn.',
    'ftp://localhost',
    'http://me:secret@localhost:4566',
  ])('%s is refused, and not repeated with a login', (url) => {
    expect(() => at(url)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => at(url)).not.toThrow(/secret/);
  });
});
