import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { type AddPartitions, writeAddPartitions } from '../../embedded/protocol/topic-messages.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';

/** Asks for more partitions of a topic; where the answer is lost, again on the next connection, until it has one. */
export function growTopic(
  world: SimulatedWorld,
  broker: SimulatedBroker,
  trouble: ConnectionTrouble,
  wish: AddPartitions,
): void {
  const ask = (): void => {
    const body = writeAddPartitions(new ByteWriter(), wish).finish();
    client.request(Api.addPartitions, body, (answer) => {
      if (answer.kind === 'lost') return;
      if (answer.kind === 'ok') world.mark('a topic got more partitions');
      client.close();
    });
  };
  const client = new SimulatedClient(world, broker, trouble, {
    up: ask,
    down: () => {},
    pushed: () => {},
  });
}
