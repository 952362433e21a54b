import { plural, whole } from '../../core/plural.ts';
import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { awaitingKept } from './committed-inputs.ts';
import type { Sink } from './sink.ts';
import { noSinks, type SinkState, sinkState } from './sink-state.ts';

export const effectLost: CheckModule = {
  id: 'E1',
  definition:
    'A message was processed or settled, by an acknowledgement or by a commit of an offset behind it, and its effect is absent from the sink whenever that is read back; or, without a reading back, no application of it was answered by the end of a drained group.',
  source:
    'Kleppmann, Designing Data-Intensive Applications, chapter 11 (effects outside the stream); Kafka documentation, section 4.6 Message Delivery Semantics',
  memory:
    '3 bits a message and sink, 4 bits a message and group; of at most 65,536 deliveries that no commit has passed, where they are',
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
 * before that it may stand there, so that its loss is possible only, and neither lost nor kept is shown.
 * What was worked on after the reading back is not owed by it, nor is what a commit of an offset passed
 * because it was dead-lettered or had expired.
 */
function effectLostCheck(state: MessageState, seed: number): Check {
  const effects = state.part(sinkState);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      effects.complete();
      const findings = new Findings('E1', state.lanes, seed);
      const total: Scanned = { owed: 0, unwatched: 0 };
      const open: string[] = [];
      effects.sinks.forEach((sink, number) => {
        for (const group of owing(state, sink)) {
          if (!sink.isReadBack && state.groups[group]?.drained !== true) {
            open.push(effects.nameOf(number));
            continue;
          }
          const { owed, unwatched } = scan(state, effects, sink, group, findings);
          total.owed += owed;
          total.unwatched += unwatched;
        }
      });
      const reason = findings.count > 0 ? undefined : whyUndecided(open, findings, total);
      if (reason === undefined) return findings.result(total.owed);
      return { status: 'undecided', check: 'E1', reason };
    },
  };
}

interface Scanned {
  /** Effects of which the history tells whether they came. */
  owed: number;
  /** Deliveries of which it is not known whether a commit settled them, and that have no effect. */
  unwatched: number;
}

function whyUndecided(
  open: readonly string[],
  { possible }: Findings,
  { unwatched }: Scanned,
): string | undefined {
  const sinks = [...new Set(open)];
  if (sinks.length === 1) {
    return `sink ${sinks.join('')} was not read back, and its group was not drained`;
  }
  if (sinks.length > 1) {
    return `sinks ${sinks.join(', ')} were not read back, and their groups were not drained`;
  }
  if (possible > 0) {
    const effects = plural(possible, 'effect was answered', 'effects were answered');
    return `${effects} by nothing but unknown outcomes, and the sink was not read back`;
  }
  if (unwatched === 0) return undefined;
  const deliveries = plural(unwatched, 'delivery without an effect', 'deliveries without effects');
  return `more than ${whole(awaitingKept)} deliveries awaited a commit at once: ${deliveries} may have been settled`;
}

function owing(state: MessageState, { groups }: Sink): readonly number[] {
  if (groups.size > 0) return [...groups];
  return state.facts.groups.flatMap(({ role }, group) => (role === 'subscription' ? [group] : []));
}

function scan(
  state: MessageState,
  { processed, worked, passed, committed }: SinkState,
  sink: Sink,
  number: number,
  findings: Findings,
): Scanned {
  const scanned: Scanned = { owed: 0, unwatched: 0 };
  const group = state.groups[number];
  const done = processed[number];
  if (group === undefined || done === undefined) return scanned;
  state.lanes.eachWord((lane, word) => {
    const told = done.word(lane, word) | group.done.word(lane, word);
    const settled = told | (worked[number]?.word(lane, word) ?? 0);
    const onlyPassed = (passed[number]?.word(lane, word) ?? 0) & ~told;
    const gone = onlyPassed & state.excuses.word(number, lane, word);
    const due = settled & ~gone & ~sink.late.word(lane, word);
    const answered = sink.isReadBack ? 0 : sink.answers.once.word(lane, word);
    const there = sink.found.word(lane, word) | answered;
    const unwatched = committed.unwatched[number]?.word(lane, word) ?? 0;
    scanned.unwatched += popcount32(unwatched & ~settled & ~there);
    const missing = due & ~there;
    const maybe = sink.isReadBack ? 0 : missing & sink.answers.maybe.word(lane, word);
    scanned.owed += popcount32(due & ~maybe);
    findings.possible += popcount32(maybe);
    eachBit(missing & ~maybe, word, (seq) => {
      const kind = done.get(lane, seq) ? 'processed' : 'settled';
      findings.add(kind, lane, seq, number, `${kind}, and its effect is not in the sink`);
    });
  });
  return scanned;
}
