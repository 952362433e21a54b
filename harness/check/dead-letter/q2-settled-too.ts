import type { CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { type Attempts, attemptsOf } from './attempts.ts';

export const settledToo: CheckModule = {
  id: 'Q2',
  definition:
    'A message is among the dead letters of a group, and its acknowledgement in that group was answered ok by whoever held it; it was not moved back in between.',
  source:
    'Enterprise Integration Patterns, dead letter channel; SQS developer guide, dead-letter queues',
  memory: '3 bits a message and group',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","attempts":3,"deadLetter":"dlq"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":4,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":5,"kind":"deliver","actor":"d","group":"dlq","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"dlq"}',
  ],
  scope: 'lane',
  applies: ({ groups }) =>
    groups.some(({ role }) => role === 'dead-letter') ? undefined : 'nobody reads dead letters',
  create: (state, seed) => {
    const attempts = attemptsOf(state);
    return { listensTo: [], fold: () => undefined, finish: () => finish(state, attempts, seed) };
  },
};

/**
 * Q2, dead-lettered and settled. An acknowledgement proves nothing that was sent after its holder may have
 * lost the message (end of the lease or session, requeue), or that nothing answers; a message sent more
 * than once may have a copy in either place; one that was moved back may have been settled after that; and
 * dead letters that several groups share do not say whose they are. All these are possible only.
 */
function finish(state: MessageState, attempts: Attempts, seed: number): CheckResult {
  const findings = new Findings('Q2', state.lanes, seed);
  const isProved = state.facts.consumption !== 'automatic' && state.facts.ackReply !== 'none';
  let exposure = 0;
  attempts.groups.forEach((of, number) => {
    const group = state.groups[number];
    if (of === undefined || group === undefined) return;
    state.lanes.eachWord((lane, word) => {
      const sent = state.lanes.sentMask(lane, word);
      const dead = attempts.deadLetteredWord(number, lane, word) & sent;
      if (dead === 0) return;
      exposure += popcount32(dead);
      const both = dead & group.done.word(lane, word);
      const stale = group.mayReturn.word(lane, word) | of.unsound.word(lane, word);
      const twice = state.sends.resent.word(lane, word) | state.stored2.word(lane, word);
      const foreign = of.isShared ? ~of.moved.word(lane, word) : 0;
      const doubt = stale | twice | foreign | of.redriven.word(lane, word) | (isProved ? 0 : -1);
      findings.possible += popcount32(both & doubt);
      eachBit(both & ~doubt, word, (seq) => {
        findings.add('both', lane, seq, number, 'acknowledged here, and among the dead letters');
      });
    });
  });
  return findings.result(exposure);
}
