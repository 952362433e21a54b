import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { compare, type FullReads, fullReads } from './full-reads.ts';

export const divergent: CheckModule = {
  id: 'D2',
  definition:
    'A message was read through one node and is missing from a complete read through another, after faults had healed and readers were drained.',
  source:
    'Jepsen analyses of replicated queues and streams whose nodes disagree after a split brain',
  memory: '2 bits a message and replica: seen, and seen elsewhere before its read began',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"},"n1":{"role":"replica","node":"n1"},"n2":{"role":"replica","node":"n2"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":50,"kind":"drain.complete","group":"g"}',
    '{"timeMs":60,"kind":"deliver","actor":"r1","group":"n1","lane":"a","seq":0}',
    '{"timeMs":61,"kind":"deliver","actor":"r1","group":"n1","lane":"a","seq":1}',
    '{"timeMs":62,"kind":"deliver","actor":"r2","group":"n2","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"n1"}',
    '{"timeMs":90,"kind":"drain.complete","group":"n2"}',
  ],
  applies: ({ groups }) =>
    groups.filter(({ role }) => role === 'replica').length < 2
      ? 'no two nodes are read apart from each other'
      : undefined,
  create: divergentCheck,
};

/**
 * D2, divergent loss: read through one node, absent from the drained read through another. Counts messages
 * for each node that lacks them. An acknowledged message is certain, and so is one that any reader had
 * before the other node's read began; any other may have been stored only after that had passed its place
 * and is possible. The reader that has it need not be drained, the one that lacks it must be.
 */
function divergentCheck(state: MessageState, seed: number): Check {
  const reads = fullReads(state);
  return { listensTo: [], fold: () => undefined, finish: () => finish(state, reads, seed) };
}

function finish(state: MessageState, reads: FullReads, seed: number): CheckResult {
  const findings = new Findings('D2', state.lanes, seed);
  const { groups } = state.facts;
  const replicas = [...groups.keys()].filter((group) => groups[group]?.role === 'replica');
  const undrained = replicas.filter((group) => state.groups[group]?.drained !== true);
  let exposure = 0;
  for (const group of replicas) {
    if (undrained.includes(group)) continue;
    const others = replicas.filter((other) => other !== group);
    exposure += compare(
      state,
      reads,
      {
        group,
        hadWord: (lane, word) =>
          others.reduce((had, other) => had | (state.groups[other]?.seen.word(lane, word) ?? 0), 0),
        certainWord: (lane, word) =>
          reads.acknowledged(lane, word) | reads.before.word(group, lane, word),
        noteOf: (lane, seq) => {
          const by = others.find((other) => state.groups[other]?.seen.get(lane, seq) === true);
          const through = by === undefined ? 'another node' : nodeOf(state, by);
          return `read through ${through}, missing from what was read through ${nodeOf(state, group)}`;
        },
      },
      findings,
    );
  }
  if (undrained.length > 0 && findings.count === 0) {
    const nodes = undrained.map((group) => nodeOf(state, group)).join(', ');
    return { status: 'undecided', check: 'D2', reason: `the read through ${nodes} did not end` };
  }
  return findings.result(exposure);
}

function nodeOf(state: MessageState, group: number): string {
  const facts = state.facts.groups[group];
  return facts?.role === 'replica' ? facts.node : `group ${state.nameOf('group', group)}`;
}
