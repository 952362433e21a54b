import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import type { Sink } from './sink.ts';
import { noSinks, sinkState } from './sink-state.ts';

export const effectWithoutInput: CheckModule = {
  id: 'E3',
  definition:
    'A sink holds the effect of a message that nobody sent, or that was never delivered to any subscription.',
  source: 'Jepsen set and bank workloads, unexpected elements (jepsen/checker.clj)',
  memory: '2 bits a message and sink, and the first 4,096 foreign ids',
  example: [
    '{"kind":"history","version":1,"sinks":["db"]}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"effect.applied","actor":"c","group":"g","lane":"a","seq":0,"sink":"db","outcome":"ok"}',
    '{"timeMs":5,"kind":"effect.applied","actor":"c","group":"g","lane":"a","seq":7,"sink":"db","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ sinks }) => (sinks.length === 0 ? noSinks : undefined),
  create: effectWithoutInputCheck,
};

/**
 * An effect whose delivery stands later in the history is possible only: the callback that wrote the
 * delivery down may have run after another thread's effect.
 */
function effectWithoutInputCheck(state: MessageState, seed: number): Check {
  const effects = state.part(sinkState);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      effects.complete();
      const findings = new Findings('E3', state.lanes, seed);
      for (const { lane, seq } of effects.foreign) {
        findings.addForeign('nobody sent it', lane, seq, 0, 'the effect of a message nobody sent');
      }
      const untold = effects.foreignTotal - effects.foreign.length;
      if (untold > 0) findings.addUntold('nobody sent it', untold);
      let exposure = effects.foreignTotal;
      for (const sink of effects.sinks) exposure += scan(state, sink, findings);
      return findings.result(exposure);
    },
  };
}

/** @returns how many messages had an effect */
function scan(state: MessageState, sink: Sink, findings: Findings): number {
  const group = [...sink.groups][0] ?? 0;
  let applied = 0;
  state.lanes.eachWord((lane, word) => {
    const effect = sink.answers.once.word(lane, word) | sink.found.word(lane, word);
    if (effect === 0) return;
    applied += popcount32(effect);
    const seen = state.seenAnywhereWord(lane, word);
    findings.possible += popcount32(effect & sink.early.word(lane, word) & seen);
    eachBit(effect & ~seen, word, (seq) => {
      findings.add('never delivered', lane, seq, group, 'its effect, but it was never delivered');
    });
  });
  return applied;
}
