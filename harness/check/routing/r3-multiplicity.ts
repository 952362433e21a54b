import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { justify } from '../state/justification.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, Plane, popcount32 } from '../state/planes.ts';
import { eachRoutedWord } from './routed.ts';

export const multiplicity: CheckModule = {
  id: 'R3',
  definition:
    'A message that was sent once is stored more than once in one subscription: at two places, or as a second copy that the broker calls new and that nothing else explains. Several bindings that match make one copy.',
  source: 'RabbitMQ topic exchanges: a queue gets one copy however many of its bindings match',
  memory: '3 bits a message and group that came twice',
  example: [
    '{"kind":"history","version":1,"routes":{"r":{"groups":["g"]}},"lanes":{"a":{"route":"r"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"redelivered":false}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ routes }) => (routes.length > 0 ? undefined : 'no router is declared'),
  create: (state, seed) => new MultiplicityCheck(state, seed),
};

/**
 * R3, another number of copies than routed. Two places prove it. Without places a repeated delivery proves
 * it that the broker calls new, if the message was sent once on the wire and nothing can have made the
 * broker hand its first copy out again; if something can, it is possible, as is every unexplained
 * repetition where nothing says what is new. So is one that comes after a redelivery: it may be the delivery
 * before that, which a consumer that stood still hears of late. It holds for the same events as D4, D5 and D6, which in cells
 * without a router have no router to blame. Too few copies are R1.
 */
class MultiplicityCheck implements Check {
  readonly listensTo = [EventKind.deliver, EventKind.sendSettled];
  readonly #state: MessageState;
  readonly #seed: number;
  readonly #twice: readonly Plane[];
  readonly #maybe: readonly Plane[];
  /** Of these a delivery was called a redelivery, so that there was one before it. */
  readonly #calledAgain: readonly Plane[];
  /** Something in the cell could have told a second copy. */
  #tells = false;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#seed = seed;
    this.#twice = state.groups.map(() => new Plane(state.lanes));
    this.#maybe = state.groups.map(() => new Plane(state.lanes));
    this.#calledAgain = state.groups.map(() => new Plane(state.lanes));
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) return this.#deliver(event);
    if (!this.#state.secondStored) return;
    const index = this.#state.lanes.indexOf(event.lane);
    const group = this.#state.groups.findIndex(({ seen }) => seen.get(index, event.seq));
    this.#twice[group]?.set(index, event.seq);
  }

  finish(): CheckResult {
    const state = this.#state;
    const findings = new Findings('R3', state.lanes, this.#seed);
    let exposure = 0;
    state.facts.groups.forEach(({ role }, group) => {
      const [seen, twice, maybe] = [
        state.groups[group]?.seen,
        this.#twice[group],
        this.#maybe[group],
      ];
      if (role !== 'subscription' || !seen || !twice || !maybe) return;
      eachRoutedWord(state, (lane, word) => {
        const once = state.lanes.sentMask(lane, word) & ~state.sends.resent.word(lane, word);
        const proven = twice.word(lane, word) & once;
        exposure += popcount32(seen.word(lane, word) & once);
        findings.possible += popcount32(maybe.word(lane, word) & once & ~proven);
        eachBit(proven, word, (seq) => {
          const note = 'sent once and stored more than once in this subscription';
          findings.add('stored twice', lane, seq, group, note);
        });
      });
    });
    if (findings.count === 0 && findings.possible > 0 && !this.#tells) {
      const reason = `${plural(findings.possible, 'message')} may be stored twice, and neither places nor flags tell`;
      return { status: 'undecided', check: 'R3', reason };
    }
    return findings.result(exposure);
  }

  #deliver(event: EventRecord): void {
    const view = this.#state.delivery;
    const group = this.#state.groups[event.group];
    if (group === undefined || (view.status !== 'first' && view.status !== 'repeat')) return;
    this.#tells ||= view.flagKnown || (event.flags & Flag.placed) !== 0;
    if (view.flagged) this.#calledAgain[event.group]?.set(view.lane, event.seq);
    if (view.secondStored || (view.status === 'repeat' && view.copy === 'second')) {
      this.#twice[event.group]?.set(view.lane, event.seq);
      return;
    }
    if (view.status !== 'repeat' || !(view.maybeSecond || view.copy === 'either')) return;
    const { consumption, ackReply } = this.#state.facts;
    const isProved = consumption !== 'automatic' && ackReply !== 'none';
    const justification = justify(view, group, event, isProved);
    const isNew = view.flagKnown && !view.flagged;
    const mayBeEarlier = this.#calledAgain[event.group]?.get(view.lane, event.seq) === true;
    if (isNew && justification === 'no' && !mayBeEarlier)
      this.#twice[event.group]?.set(view.lane, event.seq);
    else if (isNew || justification !== 'yes') this.#maybe[event.group]?.set(view.lane, event.seq);
  }
}
