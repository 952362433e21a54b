import { connect } from 'amqplib';
import { addressesOf } from '../../../engines/rabbitmq/address.ts';
import { exchangeOf } from '../../../engines/rabbitmq/deployment.ts';
import { rabbitOptions } from '../../../engines/rabbitmq/options.ts';
import { failOn, type Open } from './open.ts';

export const openRabbit: Open = async (data, bodyOf, acknowledged) => {
  const [address] = addressesOf(data.target);
  if (address === undefined) throw new Error('no node');
  const connection = await connect(address, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const [destination] = data.deployed.topology.destinations;
  if (destination === undefined) throw new Error('no destination');
  const exchange = exchangeOf(destination);
  // As the profile publishes.
  const properties = rabbitOptions.parse(data.options);
  const publishing = { persistent: properties.persistent, mandatory: properties.mandatory };
  const confirmed = (error: unknown): void => {
    failOn(error);
    acknowledged(1);
  };
  return {
    publish: (first, count) => {
      for (let i = first; i < first + count; i += 1) {
        channel.publish(exchange, '', bodyOf(i), publishing, confirmed);
      }
    },
    close: () => connection.close(),
  };
};
