import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { noSinks, type Sink, type SinkState, sinkState } from './sink-state.ts';

export const effectLost: CheckModule = {
  id: 'E1',
  definition:
    'A message was processed or settled, and its effect is absent from the sink when that is read back; or, without a reading back, no application of it was answered by the end of a drained group.',
  source:
    'Kleppmann, Designing Data-Intensive Applications, chapter 11 (effects outside the stream); Kafka documentation, section 4.6 Message Delivery Semantics',
  memory: '2 bits a message and sink, 2 bits a message and group',
  example: [
    '{"kind":"history","version":1,"sinks":["db"]}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"process.done","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"sink.complete","actor":"o","sink":"db"}',
  ],
  applies: ({ sinks }) => (sinks.length === 0 ? noSinks : undefined),
  create: effectLostCheck,
};

/**
 * Which groups owe a sink their effects: those that ever applied anything to it, and all subscriptions
 * while none did. An application of unknown outcome excuses nothing once the sink has been read back;
 * before that it may stand there, so that its loss is possible only. What was worked on after the reading
 * back is not owed by it.
 */
function effectLostCheck(state: MessageState, seed: number): Check {
  const effects = state.part(sinkState);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      const findings = new Findings('E1', state.lanes, seed);
      let exposure = 0;
      const open: string[] = [];
      effects.sinks.forEach((sink, number) => {
        for (const group of owing(state, sink)) {
          if (!sink.isReadBack && state.groups[group]?.drained !== true) {
            open.push(state.facts.sinks[number]?.name ?? String(number));
            continue;
          }
          exposure += scan(state, effects, sink, group, findings);
        }
      });
      return open.length > 0 && findings.count === 0 ? undecided(open) : findings.result(exposure);
    },
  };
}

function undecided(open: readonly string[]): CheckResult {
  const sinks = [...new Set(open)];
  const reason =
    sinks.length === 1
      ? `sink ${sinks.join('')} was not read back, and its group was not drained`
      : `sinks ${sinks.join(', ')} were not read back, and their groups were not drained`;
  return { status: 'undecided', check: 'E1', reason };
}

function owing(state: MessageState, { groups }: Sink): readonly number[] {
  if (groups.size > 0) return [...groups];
  return state.facts.groups.flatMap(({ role }, group) => (role === 'subscription' ? [group] : []));
}

/** @returns how many effects the group owed the sink */
function scan(
  state: MessageState,
  { processed }: SinkState,
  sink: Sink,
  number: number,
  findings: Findings,
): number {
  const group = state.groups[number];
  const done = processed[number];
  if (group === undefined || done === undefined) return 0;
  let owed = 0;
  state.lanes.eachWord((lane, word) => {
    const worked = done.word(lane, word) | group.done.word(lane, word);
    const due = worked & ~sink.late.word(lane, word);
    owed += popcount32(due);
    const there = sink.isReadBack ? sink.found.word(lane, word) : sink.applied.word(lane, word);
    const missing = due & ~there;
    if (missing === 0) return;
    const maybe = sink.isReadBack ? 0 : sink.maybe.word(lane, word);
    findings.possible += popcount32(missing & maybe);
    eachBit(missing & ~maybe, word, (seq) => {
      const kind = done.get(lane, seq) ? 'processed' : 'settled';
      findings.add(kind, lane, seq, number, `${kind}, and its effect is not in the sink`);
    });
  });
  return owed;
}
