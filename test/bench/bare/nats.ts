import { connect, createInbox } from '@nats-io/transport-node';
import { addressOf } from '../../../engines/nats/address.ts';
import { streamOf, subjectOf } from '../../../engines/nats/subjects.ts';
import { failOn, type Open } from './open.ts';

/**
 * One subscription takes the stream's acknowledgements. The client's own `publish` for streams would add promises and a
 * timer to each message, beside which the harness is the cheaper one.
 */
export const openNats: Open = async (data, bodyOf, acknowledged) => {
  const [servers = ''] = addressOf(data.target).servers;
  const connection = await connect({ servers, reconnect: false, noAsyncTraces: true });
  const [destination] = data.deployed.topology.destinations;
  if (destination === undefined) throw new Error('no destination');
  const subject = subjectOf(streamOf(destination), undefined);
  const inbox = createInbox();
  connection.subscribe(`${inbox}.*`, {
    callback: (error, answer) => {
      failOn(error);
      if (!answer.string().includes('"seq"')) throw new Error(answer.string());
      acknowledged(1);
    },
  });
  return {
    publish: (first, count) => {
      for (let i = first; i < first + count; i += 1) {
        connection.publish(subject, bodyOf(i), { reply: `${inbox}.${i}` });
      }
    },
    close: () => connection.close(),
  };
};
