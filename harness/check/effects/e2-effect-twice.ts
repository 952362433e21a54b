import { plural } from '../../core/plural.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import type { Sink } from './sink.ts';
import { noSinks, sinkState } from './sink-state.ts';

export const effectTwice: CheckModule = {
  id: 'E2',
  definition:
    'The effect of one message was applied to a sink more than once: two copies in one reading back of the sink, or two applications that were both answered as applied, the second of them after the reading back where there is one.',
  source:
    'Helland, Idempotence Is Not a Medical Condition (ACM Queue 2012); Kafka documentation, section 4.6 Message Delivery Semantics',
  memory: '7 bits a message and sink, and 8 of those answered while or after it is read back',
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
 * found the first. That holds for answers that the reading could see; one that came after it added a copy
 * to what was found. Two copies are two, whether the reading came to its end or not. Two groups with one
 * sink are one and the same effect. An application of unknown outcome beside another that no reading
 * saw may be the second: that shows neither.
 */
function effectTwiceCheck(state: MessageState, seed: number): Check {
  const effects = state.part(sinkState);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      effects.complete();
      const findings = new Findings('E2', state.lanes, seed);
      let exposure = 0;
      for (const sink of effects.sinks) exposure += scan(state, sink, findings);
      const { count, possible } = findings;
      if (count > 0 || possible === 0) return findings.result(exposure);
      const may = plural(possible, 'effect may', 'effects may');
      const reason = `${may} have been applied twice: an answer is unknown, and no reading back of the sink came after it`;
      return { status: 'undecided', check: 'E2', reason };
    },
  };
}

/** @returns how many messages had an effect */
function scan(state: MessageState, sink: Sink, findings: Findings): number {
  const { answers, since, found, foundTwice, isReadBack } = sink;
  const unseen = isReadBack ? since : answers;
  const group = [...sink.groups][0] ?? 0;
  let applied = 0;
  state.lanes.eachWord((lane, word) => {
    const there = found.word(lane, word);
    applied += popcount32(there | unseen.once.word(lane, word));
    const copies = foundTwice.word(lane, word);
    let answered = unseen.twice.word(lane, word);
    let uncertain = unseen.uncertainWord(lane, word);
    if (isReadBack) {
      const again = there & since.once.word(lane, word);
      answered |= again & answers.twice.word(lane, word);
      const mayBeAgain = again | (there & since.maybe.word(lane, word));
      uncertain |= mayBeAgain & answers.uncertainWord(lane, word);
    }
    findings.possible += popcount32(uncertain & ~copies & ~answered);
    eachBit(copies, word, (seq) => {
      const how = 'found in the sink';
      findings.add(how, lane, seq, group, `its effect was ${how} more than once`);
    });
    eachBit(answered & ~copies, word, (seq) => {
      const how = 'answered as applied';
      const when = isReadBack ? ', and again after the sink had been read back' : ' more than once';
      findings.add(how, lane, seq, group, `its effect was ${how}${when}`);
    });
  });
  return applied;
}
