import { isDeepStrictEqual } from 'node:util';
import type {
  ActorContext,
  Consumer,
  ConsumerSpec,
  Engine,
  ProducerSpec,
  Session,
  Target,
  Traits,
} from '../engine.ts';
import { Judge, type OnViolation } from './judge.ts';
import { brokenRule } from './rules.ts';
import { ConsumerWatch } from './validated-consumer.ts';
import { ProducerWatch } from './validated-producer.ts';

/**
 * The same engine, watched: every call it makes and every answer it gives is held against the contract.
 * A violation is told to `onViolation` at once, is not passed on, and is thrown as
 * ENGINE_BROKE_CONTRACT by the session's next call. The harness's own misuse is an invariant error, so
 * that a defect of ours is never charged to an adapter.
 */
export function validated<O>(
  engine: Engine<O>,
  onViolation: OnViolation = () => undefined,
): Engine<O> {
  const traits = (options: O): Traits => {
    const once = engine.traits(options);
    if (isDeepStrictEqual(once, engine.traits(options))) return once;
    const violation = brokenRule(engine.id, 'traits-are-static', 'two calls gave different traits');
    onViolation(violation);
    throw violation;
  };
  return {
    id: engine.id,
    family: engine.family,
    options: engine.options,
    profiles: engine.profiles,
    outcomes: engine.outcomes,
    provisioners: engine.provisioners,
    ...(engine.external === undefined ? {} : { external: engine.external.bind(engine) }),
    ...(engine.wire === undefined ? {} : { wire: engine.wire }),
    traits,
    administer: (target, options) => engine.administer(target, options),
    connect: async (target: Target, options: O, actor: ActorContext) => {
      const judge = new Judge(engine.id, traits(options), engine.outcomes, onViolation);
      return watchedSession(await engine.connect(target, options, actor), judge);
    },
  };
}

function watchedSession(inner: Session, judge: Judge): Session {
  const watches: (ProducerWatch | ConsumerWatch)[] = [];
  const own = new WeakMap<Consumer, Consumer>();
  const producer = inner.producer?.bind(inner);
  const consumer = inner.consumer?.bind(inner);
  return {
    ...(producer === undefined
      ? {}
      : {
          producer: async (spec: ProducerSpec, sink) => {
            const watch = new ProducerWatch(judge, sink, (watched) => own.get(watched) ?? watched);
            watches.push(watch);
            const watched = watch.wrap(await producer(spec, watch.sink()));
            judge.throwIfBroken();
            return watched;
          },
        }),
    ...(consumer === undefined
      ? {}
      : {
          consumer: async (spec: ConsumerSpec, sink) => {
            const watch = new ConsumerWatch(judge, sink);
            watches.push(watch);
            const plain = await consumer(spec, watch.sink());
            const watched = watch.wrap(plain);
            own.set(watched, plain);
            judge.throwIfBroken();
            return watched;
          },
        }),
    close: async () => {
      await inner.close();
      for (const watch of watches) watch.end();
      judge.throwIfBroken();
    },
  };
}
