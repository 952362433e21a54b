import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { placeText, SkippedEntries } from './skipped-entries.ts';

export const groupSkip: CheckModule = {
  id: 'G2',
  definition:
    'An entry that is proven to exist stands below the furthest position that a drained group has read or committed, and no member ever got it.',
  source:
    'Jepsen kafka workload, poll-skip; it has to allow it wherever groups assign scopes, which recorded assignments make unnecessary',
  memory: '2 bits a position and group; 40 bytes a start',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription","reset":"earliest"},"h":{"role":"subscription","reset":"earliest"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"b","seq":0}',
    '{"timeMs":3,"kind":"send.settled","actor":"p","lane":"b","seq":0,"outcome":"ok","scope":"p0","position":1}',
    '{"timeMs":4,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":1}',
    '{"timeMs":5,"kind":"group.assigned","actor":"d","group":"h","scope":"p0","generation":1}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"b","seq":0,"scope":"p0","position":1}',
    '{"timeMs":7,"kind":"deliver","actor":"d","group":"h","lane":"a","seq":0,"scope":"p0","position":0}',
    '{"timeMs":8,"kind":"deliver","actor":"d","group":"h","lane":"b","seq":0,"scope":"p0","position":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"h"}',
  ],
  applies: ({ offsets, assignments, placed }: CellFacts) => {
    if (!placed) return 'deliveries carry no places';
    return offsets || assignments ? undefined : 'no assignments or commits of offsets are recorded';
  },
  create: groupSkipCheck,
};

/**
 * G2, skipped by its group. Where the group need not begin at the beginning, what it passed over when it
 * started with nothing committed is possible only; so is everything once somebody has sought, or
 * something has expired, gone to the dead letters or been purged. An entry that nobody has read may have
 * been lost before its group came to it: without a commit ahead it is possible here, and counted by D1.
 */
function groupSkipCheck(state: MessageState, seed: number): Check {
  const skipped = new SkippedEntries(state);
  const finish = (): CheckResult => {
    const findings = new Findings('G2', state.lanes, seed);
    skipped.each(({ group, scope, position, how, isCertain }) => {
      if (!isCertain) {
        findings.possible += 1;
        return;
      }
      const note = `${placeText(state, scope, position)} was passed over ${how === 'ahead' ? 'at a start' : how}`;
      findings.addAbout(how, { about: 'scope', group, scope, atNs: state.lastNs, note });
    });
    if (skipped.overflowed > 0 && findings.count === 0) return skipped.undecided('G2');
    const { delivered } = skipped.passage;
    const got = skipped.groups().reduce((sum, group) => sum + (delivered[group]?.size ?? 0), 0);
    return findings.result(got + findings.count);
  };
  return { listensTo: [], fold: () => undefined, finish };
}
