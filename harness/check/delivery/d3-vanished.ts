import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { compare, type FullReads, fullReads } from './full-reads.ts';

export const vanished: CheckModule = {
  id: 'D3',
  definition:
    'A message was delivered with its place, and a later complete read from the start does not have it, although nothing had expired, purged or dead-lettered it.',
  source:
    'Jepsen Kafka workload (jepsen.tests.kafka), lost writes; KIP-966 tells how a log can lose its acknowledged end',
  memory: '1 bit a message and read from the start, and 1 for having been delivered with a place',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"},"again":{"role":"read-back"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok","scope":"s","position":1}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1,"scope":"s","position":1}',
    '{"timeMs":50,"kind":"drain.complete","group":"g"}',
    '{"timeMs":60,"kind":"deliver","actor":"r","group":"again","lane":"a","seq":0,"scope":"s","position":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"again"}',
  ],
  applies: ({ groups, placed }) => {
    if (!placed) return 'deliveries carry no place, and what has none may be gone once it was read';
    const isReadBack = groups.some(({ role }) => role === 'read-back');
    return isReadBack ? undefined : 'nothing is read again from the start';
  },
  create: vanishedCheck,
};

/**
 * D3, vanished: observed as an entry, absent from a drained read from the start that began later. What
 * was observed only after that read had begun may have been stored behind it, and is possible.
 */
function vanishedCheck(state: MessageState, seed: number): Check {
  const reads = fullReads(state);
  return { listensTo: [], fold: () => undefined, finish: () => finish(state, reads, seed) };
}

function finish(state: MessageState, reads: FullReads, seed: number): CheckResult {
  const findings = new Findings('D3', state.lanes, seed);
  const readBacks = groupsOf(state.facts, 'read-back');
  const undrained = readBacks.filter((group) => state.groups[group]?.drained !== true);
  let exposure = 0;
  for (const group of readBacks) {
    if (undrained.includes(group)) continue;
    exposure += compare(
      state,
      reads,
      {
        group,
        hadWord: (lane, word) => reads.before.placed.word(lane, word),
        certainWord: (lane, word) => reads.before.word(group, lane, word),
        noteOf: () => 'delivered with its place, missing from a later read from the start',
      },
      findings,
    );
  }
  if (undrained.length > 0 && findings.count === 0) {
    const groups = undrained.map((group) => state.nameOf('group', group)).join(', ');
    const reason = `the read from the start by group ${groups} did not end`;
    return { status: 'undecided', check: 'D3', reason };
  }
  return findings.result(exposure);
}

function groupsOf({ groups }: CellFacts, role: CellFacts['groups'][number]['role']): number[] {
  return [...groups.keys()].filter((group) => groups[group]?.role === role);
}
