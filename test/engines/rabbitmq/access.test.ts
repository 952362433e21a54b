import { describe, expect, test } from 'vitest';
import { cannotConnect, notDone, withoutUser } from '../../../engines/rabbitmq/access.ts';
import { externalTarget } from '../../../engines/rabbitmq/address.ts';
import { describeError } from '../../../harness/core/errors.ts';

function targetOf(username: string) {
  return externalTarget('amqp://rabbit.example', {
    ACKMARK_RABBITMQ_USERNAME: username,
    ACKMARK_RABBITMQ_PASSWORD: 'secret',
  });
}

/** As the client words what the server closed a channel with. */
const closedWith = (code: string, said: string): Error =>
  new Error(`Channel closed by server: ${code} with message "${said}"`);

describe('who came', () => {
  test.each(["o'brien77", 'team-a.reader', 'a+b(c)', 'Jörg', 'plain77'])(
    'is in no error: %s',
    (user) => {
      const said = `ACCESS_REFUSED - access to queue 'q1' in vhost '/' refused for user '${user}'`;
      const cause = closedWith('403 (ACCESS-REFUSED)', said);
      expect(describeError(withoutUser(targetOf(user), cause))).toBe(
        `Channel closed by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - access to queue 'q1' in vhost '/' refused for the user"`,
      );
      const lavin = new Error(`'${user}' does not have access to '/'`);
      const told = describeError(cannotConnect(targetOf(user), lavin));
      expect(told).not.toContain(user);
      expect(told).toContain("access to '/'");
    },
  );

  test('is left out where the reason ends in the middle of the name, and of no longer word', () => {
    const cut = new Error("refused for user 'someb");
    expect(withoutUser(targetOf('somebody'), cut).message).toBe('refused for the user');
    const queue = new Error("no queue 'ackmark-queues' in vhost '/'");
    expect(withoutUser(targetOf('queue'), queue).message).toBe(
      "no … 'ackmark-queues' in vhost '/'",
    );
  });
});

describe('what the server did not do', () => {
  test.each([
    "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'me'",
    "ACCESS_REFUSED - configure access to exchange 'x' in vhost '/' refused for user 'me'",
    'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.',
    "NOT_ALLOWED - access to vhost 'v' refused for user 'me'",
    'NOT_ALLOWED - vhost v not found',
  ])('is a refusal where it is a matter of rights: %s', (said) => {
    expect(notDone(targetOf('me'), 'declare', new Error(said)).code).toBe('ACCESS_REFUSED');
  });

  test.each([
    "NOT_ALLOWED - attempt to reuse consumer tag 'vhost-7'",
    "NOT_ALLOWED - access to vhost 'v' refused for user 'me': connection limit (3) is reached",
    "NOT_ALLOWED - access to vhost 'v' refused for user 'me': vhost 'v' is down",
    "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use",
    "ACCESS_REFUSED - exchange name 'amq.x' contains reserved prefix 'amq.*'",
    'ACCESS_REFUSED - operation not permitted on the default exchange',
  ])('is none where nobody may do it, or not now: %s', (said) => {
    const cause = closedWith(
      said.startsWith('NOT') ? '530 (NOT-ALLOWED)' : '403 (ACCESS-REFUSED)',
      said,
    );
    expect(notDone(targetOf('me'), 'declare', cause).code).toBe('CONNECT_FAILED');
  });
});
