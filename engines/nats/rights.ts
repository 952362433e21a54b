import { headers, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target, Topology } from '../engine.ts';
import { everyErrorIn } from '../access-failures.ts';
import { rightsHint } from './access.ts';
import { newInbox } from './link.ts';
import { consumerOf, streamOf, subjectOf, subjectsOf } from './subjects.ts';

/** No stream has a name with a dot: whatever keeps the subject of a probe refuses what expects this one. */
const noStream = 'ackmark.none';

/** What a cell publishes to, and where it listens; `queue` of a member of a group. */
export interface NeededSubjects {
  readonly publishes: readonly string[];
  readonly listens: readonly { readonly subject: string; readonly queue?: string }[];
}

export function subjectsOfCore({ destinations, subscriptions }: Topology): NeededSubjects {
  return {
    publishes: destinations.map(({ name }) => subjectOf(name, undefined)),
    listens: subscriptions.flatMap((subscription) => {
      const destination = destinations[subscription.destination];
      if (destination === undefined) return [];
      return [{ subject: subjectsOf(destination), queue: consumerOf(subscription) }];
    }),
  };
}

export function subjectsOfJetStream({ destinations, subscriptions }: Topology): NeededSubjects {
  return {
    publishes: [
      ...destinations.flatMap((destination) => {
        const stream = streamOf(destination);
        const api = ['CREATE', 'INFO', 'DELETE'].map((what) => `$JS.API.STREAM.${what}.${stream}`);
        return [subjectOf(destination.name, undefined), ...api];
      }),
      ...subscriptions.flatMap((subscription) => {
        const destination = destinations[subscription.destination];
        if (destination === undefined) return [];
        const which = `${streamOf(destination)}.${consumerOf(subscription)}`;
        const api = ['CREATE', 'INFO', 'MSG.NEXT'].map(
          (what) => `$JS.API.CONSUMER.${what}.${which}`,
        );
        return [...api, `$JS.ACK.${which}.1.1.1.1.0`];
      }),
    ],
    listens: [{ subject: `${newInbox()}.1` }],
  };
}

/**
 * Asks for every right that a cell needs before it makes anything: an empty message to a subject that nobody has yet
 * does nothing, and the server tells of each that it does not let through. A cell without one of them would have no
 * messages, and nothing would be proven.
 *
 * @throws AckmarkError ACCESS_REFUSED, naming all subjects that are refused
 */
export async function requireRights(
  connection: NatsConnection,
  { address }: Pick<Target, 'address'>,
  { publishes, listens }: NeededSubjects,
): Promise<void> {
  const refused = new Map<string, PermissionViolationError>();
  void noteErrors(connection, refused);
  const expecting = headers();
  expecting.set('Nats-Expected-Stream', noStream);
  for (const subject of publishes) connection.publish(subject, undefined, { headers: expecting });
  const subscriptions = listens.map(({ subject, queue }) =>
    connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error) => note(refused, error),
    }),
  );
  // Its answer comes behind whatever is said of these.
  await connection.flush();
  for (const subscription of subscriptions)
    if (!subscription.isClosed()) subscription.unsubscribe();
  await connection.flush();
  const [first] = refused.values();
  if (first === undefined) return;
  throw new AckmarkError(
    'ACCESS_REFUSED',
    `NATS at ${address} does not let this user ${[...refused.keys()].join(', nor ')}`,
    { hint: rightsHint, cause: first },
  );
}

/** Until the connection is closed. */
async function noteErrors(
  connection: NatsConnection,
  refused: Map<string, PermissionViolationError>,
): Promise<void> {
  for await (const said of connection.status()) {
    if (said.type === 'error') note(refused, said.error);
  }
}

function note(refused: Map<string, PermissionViolationError>, error: unknown): void {
  for (const one of everyErrorIn(error)) {
    if (!(one instanceof PermissionViolationError)) continue;
    const verb = one.operation === 'publish' ? 'publish to' : 'subscribe to';
    refused.set(`${verb} ${one.subject}`, one);
  }
}
