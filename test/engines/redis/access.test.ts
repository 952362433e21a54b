import { describe, expect, it } from 'vitest';
import { cannotConnect, notDone, withoutUser } from '../../../engines/redis/access.ts';
import { describeError } from '../../../harness/core/errors.ts';

const noPermission = "NOPERM User pl4nted has no permissions to run the 'client|setname' command";

describe('a refusal of the server', () => {
  it.each([
    ['who may not give a connection its name', noPermission],
    ['who comes with a wrong password', 'WRONGPASS invalid username-password pair'],
    ['who comes without a login', 'NOAUTH Authentication required.'],
  ])('to let in is one of access, and repeats no user: %s', (_who, message) => {
    const error = cannotConnect({ host: 'h', port: 1 }, new Error(message));
    expect(error.code).toBe('ACCESS_REFUSED');
    expect(describeError(error)).not.toContain('pl4nted');
  });

  it('to do something is one of access, and all else is not', () => {
    expect(notDone('h:1', 'count', new Error(withoutUser(noPermission)))).toMatchObject({
      code: 'ACCESS_REFUSED',
      message: 'Redis at h:1 did not count',
    });
    expect(notDone('h:1', 'count', new Error('ERR no such key')).code).toBe('CONNECT_FAILED');
  });

  it('is the same without the user’s name', () => {
    expect(withoutUser('NOPERM User a\u00a0b\u2028c has no permissions to access a key')).toBe(
      'NOPERM the user has no permissions to access a key',
    );
    expect(withoutUser("NOPERM User a:b'c has no permissions to access the 'k' key")).toBe(
      "NOPERM the user has no permissions to access the 'k' key",
    );
    expect(withoutUser('NOPERM No permissions to access a key')).toBe(
      'NOPERM No permissions to access a key',
    );
  });
});
