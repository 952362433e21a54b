import type { Engine } from '../engine.ts';
import { targetElsewhere } from '../kafka/address.ts';
import { outcomes } from '../kafka/outcomes.ts';
import { traits } from '../kafka/traits.ts';
import { redpandaOptions, type RedpandaOptions } from './options.ts';
import { profiles } from './profiles.ts';

/** No package registry has its broker: it is used where somebody else has started it, by Kafka's client. */
const engine: Engine<RedpandaOptions> = {
  id: 'redpanda',
  family: 'log',
  options: redpandaOptions,
  profiles,
  traits: ({ kafka }) => traits(kafka),
  outcomes,
  provisioners: {},
  async administer(target, { kafka, writeCaching }) {
    const { administer } = await import('../kafka/administration.ts');
    const { redpandaDialect } = await import('./dialect.ts');
    return administer(target, kafka, redpandaDialect(writeCaching));
  },
  async connect(target, { kafka }, actor) {
    const { connect } = await import('../kafka/client.ts');
    return connect(target, kafka, actor);
  },
  external: (url, environment) =>
    targetElsewhere({ engine: 'redpanda', title: 'Kafka protocol' }, url, environment),
};
export default engine;
