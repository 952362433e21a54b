import type { ConsumerPort, ProducerPort, PulsarConnection } from './connection.ts';
import { InitialPosition, LookupAnswer, type SubscriptionType } from './protocol/messages.ts';
import { ProtocolError } from './protocol/protocol-error.ts';
import { ServerError } from './protocol/server-errors.ts';

export interface AttachedProducer {
  readonly id: number;
  /** The one that was asked for, or the broker's. */
  readonly name: string;
}

/**
 * The broker is asked for the topic first: it loads what it has not loaded yet, and one that does not own it says so.
 * Rejects with ServerError, or the end of the connection.
 */
export async function attachProducer(
  connection: PulsarConnection,
  topic: string,
  name: string | undefined,
  port: ProducerPort,
): Promise<AttachedProducer> {
  await lookUp(connection, topic);
  const id = connection.newId();
  const requestId = connection.newId();
  connection.addProducer(id, port);
  try {
    const answer = await connection.request('producer', requestId, {
      topic,
      producerId: id,
      requestId,
      userProvidedProducerName: name !== undefined,
      ...(name === undefined ? {} : { producerName: name }),
    });
    if (answer.kind !== 'producerSuccess') throw new ProtocolError(`${answer.kind} for a producer`);
    return { id, name: answer.body.producerName };
  } catch (error) {
    connection.remove(id);
    throw error;
  }
}

export interface SubscriptionPlace {
  readonly topic: string;
  readonly subscription: string;
  readonly type: (typeof SubscriptionType)[keyof typeof SubscriptionType];
  readonly consumerName: string;
}

/** A member of a durable subscription, which `apply` has made. @returns its id */
export async function attachConsumer(
  connection: PulsarConnection,
  { topic, subscription, type, consumerName }: SubscriptionPlace,
  port: ConsumerPort,
): Promise<number> {
  await lookUp(connection, topic);
  const consumerId = connection.newId();
  const requestId = connection.newId();
  connection.addConsumer(consumerId, port);
  try {
    await connection.request('subscribe', requestId, {
      topic,
      subscription,
      subscriptionType: type,
      consumerId,
      requestId,
      consumerName,
      initialPosition: InitialPosition.earliest,
      forceTopicCreation: false,
    });
    return consumerId;
  } catch (error) {
    connection.remove(consumerId);
    throw error;
  }
}

async function lookUp(connection: PulsarConnection, topic: string): Promise<void> {
  const requestId = connection.newId();
  const answer = await connection.request('lookupTopic', requestId, { topic, requestId });
  if (answer.kind !== 'lookupTopicResponse')
    throw new ProtocolError(`${answer.kind} for a look-up`);
  const { response, error, message = '' } = answer.body;
  if (response === LookupAnswer.connect) return;
  if (error !== undefined) throw new ServerError(error, message);
  throw new Error('another broker has the topic, and this client speaks to one');
}
