import { describe, expect, test } from 'vitest';
import { hasReached, isVersion } from '../../../harness/core/version-order.ts';

describe('a version', () => {
  test.each([
    ['4.3.0', '4.3'],
    ['4.3', '4.3.0'],
    ['4.10.1', '4.3'],
    ['5', '4.3'],
    ['4.3.0-rc.1', '4.3'],
    ['4.3.6+dfsg', '4.3'],
  ])('%s has reached %s', (version, from) => {
    expect(hasReached(version, from)).toBe(true);
  });

  test.each([
    ['4.0.5', '4.3'],
    ['3.10.8', '4'],
    ['4', '4.3'],
    ['4.2.99', '4.3'],
    ['a fork', '4.3'],
    ['', '0.1'],
  ])('%j has not reached %s', (version, from) => {
    expect(hasReached(version, from)).toBe(false);
  });
});

describe('what can be compared', () => {
  test.each(['4.0.5', '4.3', '5', '0.1', '4.3.0-rc.1', '4.3.6+dfsg'])(
    'is a version: %s',
    (text) => {
      expect(isVersion(text)).toBe(true);
    },
  );

  test.each(['', 'v4.3.1', 'RabbitMQ 4.3.0', '0.0.0', '0', '4..3', '4.', '4a', '.3', ' 4.3'])(
    'is not %j',
    (text) => {
      expect(isVersion(text)).toBe(false);
    },
  );
});
