import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { placeText, SkippedEntries } from './skipped-entries.ts';

export const commitAhead: CheckModule = {
  id: 'G1',
  definition:
    'A commit of an offset beyond an existing entry was answered ok before the group had got the entry, the group then started behind it, and nobody of the drained group ever got it.',
  source:
    'Apache Kafka KafkaConsumer, automatic commits: a position committed before its records are processed loses them with the consumer; Jepsen redpanda, lost writes after rebalances',
  memory: '2 bits a position and group; 40 bytes a start and 64 bytes a commit in force',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","reset":"earliest"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"p0","position":0}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":4,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"p0","position":1}',
    '{"timeMs":5,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"p0","position":0}',
    '{"timeMs":7,"kind":"settle.invoke","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":8,"kind":"settle.settled","actor":"c","group":"g","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":9,"kind":"commit.offset.invoke","actor":"c","group":"g","scope":"p0","position":2,"generation":1}',
    '{"timeMs":10,"kind":"commit.offset.settled","actor":"c","group":"g","scope":"p0","position":2,"generation":1,"outcome":"ok"}',
    '{"timeMs":11,"kind":"crash","actor":"c"}',
    '{"timeMs":20,"kind":"group.assigned","actor":"d","group":"g","scope":"p0","generation":2}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ offsets, placed }: CellFacts) => {
    if (!offsets) return 'no commits of offsets are recorded';
    return placed ? undefined : 'deliveries carry no places';
  },
  create: commitAheadCheck,
};

/**
 * G1, committed ahead, by entries: those that a restart skipped because of a commit. An entry that was
 * delivered, but not yet processed, when a commit beyond it was answered is D10's, once its holder is gone.
 */
function commitAheadCheck(state: MessageState, seed: number): Check {
  const skipped = new SkippedEntries(state);
  const finish = (): CheckResult => {
    const findings = new Findings('G1', state.lanes, seed);
    skipped.each(({ group, scope, position, how, isCertain }) => {
      if (how !== 'ahead') return;
      if (!isCertain) {
        findings.possible += 1;
        return;
      }
      const note = `${placeText(state, scope, position)} was committed before the group had got it, and a restart skipped it`;
      findings.addAbout('skipped', { about: 'scope', group, scope, atNs: state.lastNs, note });
    });
    if (skipped.overflowed > 0 && findings.count === 0) return skipped.undecided('G1');
    return findings.result(Math.max(skipped.passage.startsFromCommitted, findings.count));
  };
  return { listensTo: [], fold: () => undefined, finish };
}
