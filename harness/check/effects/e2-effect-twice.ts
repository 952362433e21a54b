import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { noSinks, type Sink, sinkState } from './sink-state.ts';

export const effectTwice: CheckModule = {
  id: 'E2',
  definition:
    'The effect of one message was applied to a sink more than once: two copies when the sink is read back, or two applications that were both answered as applied.',
  source:
    'Helland, Idempotence Is Not a Medical Condition (ACM Queue 2012); Kafka documentation, section 4.6 Message Delivery Semantics',
  memory: '2 bits a message and sink',
  example: [
    '{"kind":"history","version":1,"sinks":["db"]}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":4,"kind":"effect.applied","actor":"c","group":"g","lane":"a","seq":0,"sink":"db","outcome":"ok"}',
    '{"timeMs":5,"kind":"crash","actor":"c"}',
    '{"timeMs":6,"kind":"deliver","actor":"d","group":"g","lane":"a","seq":0,"redelivered":true}',
    '{"timeMs":7,"kind":"effect.applied","actor":"d","group":"g","lane":"a","seq":0,"sink":"db","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ sinks }) => (sinks.length === 0 ? noSinks : undefined),
  create: effectTwiceCheck,
};

/**
 * Where the sink was read back, what stands in it decides: two answers for one row mean that the second
 * found the first. Two groups with one sink are one and the same effect.
 */
function effectTwiceCheck(state: MessageState, seed: number): Check {
  const effects = state.part(sinkState);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      const findings = new Findings('E2', state.lanes, seed);
      let exposure = 0;
      for (const sink of effects.sinks) exposure += scan(state, sink, findings);
      return findings.result(exposure);
    },
  };
}

/** @returns how many messages had an effect */
function scan(state: MessageState, sink: Sink, findings: Findings): number {
  const [once, twice] = sink.isReadBack
    ? [sink.found, sink.foundTwice]
    : [sink.applied, sink.appliedTwice];
  const group = [...sink.groups][0] ?? 0;
  let applied = 0;
  state.lanes.eachWord((lane, word) => {
    applied += popcount32(once.word(lane, word));
    eachBit(twice.word(lane, word), word, (seq) => {
      const how = sink.isReadBack ? 'found in the sink' : 'answered as applied';
      findings.add(how, lane, seq, group, `its effect was ${how} more than once`);
    });
  });
  return applied;
}
