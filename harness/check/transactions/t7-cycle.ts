import { EventKind, type EventRecord, Flag, noGroup, OutcomeCode } from '../../core/events.ts';
import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withReadCommitted } from './applies.ts';
import { strongComponents } from './strong-components.ts';
import { WriterWindow } from './writer-window.ts';

export const cycle: CheckModule = {
  id: 'T7',
  definition:
    'Committed transactions read each other’s writes in a cycle: each consumed a message that the one before it wrote, and the first one that the last wrote.',
  source:
    'G1c of Adya, Liskov and O’Neil (ICDE 2000), restricted to read dependencies; Kingsbury and Alvaro, Elle (PVLDB 14(3), 2020) for the search; cycles of writes alone (G0) are legal in a log, whose transactions interleave: jepsen.tests.kafka',
  memory: 'the latest 16,384 transactions that read one another, with up to 64 edges each',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"send.invoke","actor":"q","lane":"b","seq":0,"transaction":"y"}',
    '{"timeMs":4,"kind":"send.settled","actor":"q","lane":"b","seq":0,"outcome":"ok"}',
    '{"timeMs":5,"kind":"deliver","actor":"q","group":"g","lane":"a","seq":0}',
    '{"timeMs":6,"kind":"tx.read","actor":"q","transaction":"y","group":"g","lane":"a","seq":0}',
    '{"timeMs":7,"kind":"deliver","actor":"p","group":"g","lane":"b","seq":0}',
    '{"timeMs":8,"kind":"tx.read","actor":"p","transaction":"x","group":"g","lane":"b","seq":0}',
    '{"timeMs":9,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"commit"}',
    '{"timeMs":10,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"commit","outcome":"ok"}',
    '{"timeMs":11,"kind":"tx.end.invoke","actor":"q","transaction":"y","end":"commit"}',
    '{"timeMs":12,"kind":"tx.end.settled","actor":"q","transaction":"y","end":"commit","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: withReadCommitted,
  create: (state, seed) => new CycleCheck(state, seed),
};

const mostNodes = 1 << 14;
const mostEdges = 64;

interface Node {
  readonly transaction: number;
  /** Transactions whose writes it consumed. */
  readonly from: number[];
  isCommitted: boolean;
  isCounted: boolean;
}

/**
 * T7, cycle of read dependencies. Who read whose write is known from `tx.read` and from the input of a
 * derived send; a message that was sent in several transactions tells nothing. All members of a cycle
 * overlap in a chain, so that a window over the latest transactions loses only cycles longer than itself;
 * where half the window is given up, what was in it has been searched. Counts cycles (strongly connected
 * components), once each. In such a cycle some write was read before its commit, which is T2 as well.
 */
class CycleCheck implements Check {
  readonly listensTo = [
    EventKind.sendInvoke,
    EventKind.transactionRead,
    EventKind.transactionEndSettled,
  ];
  readonly #state: MessageState;
  readonly #transactions: TransactionState;
  readonly #findings: Findings;
  readonly #writers = new WriterWindow();
  /** In the order in which they were first heard of. */
  readonly #nodes = new Map<number, Node>();
  #exposure = 0;

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#transactions = transactionsOf(state);
    this.#findings = new Findings('T7', state.lanes, seed);
  }

  fold(event: EventRecord): void {
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.sendInvoke:
        if (event.ref === 0) return;
        if ((event.flags & Flag.derived) !== 0) {
          this.#depends(event.ref, event.positionMajor, event.positionMinor);
        }
        return this.#wrote(event);
      case EventKind.transactionRead:
        return this.#depends(event.ref, event.lane, event.seq);
      default: {
        const { ended } = this.#transactions;
        const node = this.#nodes.get(event.ref);
        if (event.outcome !== OutcomeCode.ok || node === undefined) return;
        node.isCommitted = ended?.outcome === 'committed';
      }
    }
  }

  finish(): CheckResult {
    this.#search();
    for (const node of this.#nodes.values()) this.#leave(node);
    return this.#findings.result(this.#exposure);
  }

  #wrote({ lane, seq, ref }: EventRecord): void {
    const index = this.#state.lanes.indexOf(lane);
    if (index >= 0) this.#writers.remember(index, seq, ref);
  }

  #depends(reader: number, lane: number, seq: number): void {
    const index = this.#state.lanes.indexOf(lane);
    if (index < 0 || this.#transactions.several.get(index, seq)) return;
    const writer = this.#writers.writerOf(index, seq);
    if (writer === 0 || writer === reader) return;
    this.#node(writer);
    const { from } = this.#node(reader);
    if (from.length < mostEdges && !from.includes(writer)) from.push(writer);
  }

  #node(transaction: number): Node {
    const known = this.#nodes.get(transaction);
    if (known !== undefined) return known;
    if (this.#nodes.size >= mostNodes) this.#slide();
    const node = { transaction, from: [], isCommitted: false, isCounted: false };
    this.#nodes.set(transaction, node);
    return node;
  }

  /** Gives the older half of the window up. */
  #slide(): void {
    this.#search();
    let left = mostNodes / 2;
    for (const node of this.#nodes.values()) {
      if (left === 0) return;
      left -= 1;
      this.#leave(node);
      this.#nodes.delete(node.transaction);
    }
  }

  #leave({ isCommitted, from }: Node): void {
    if (isCommitted && from.length > 0) this.#exposure += 1;
  }

  #search(): void {
    const nodes = [...this.#nodes.values()].filter(({ isCommitted }) => isCommitted);
    const numbers = new Map(nodes.map(({ transaction }, number) => [transaction, number]));
    const graph = nodes.map(({ from }) => from.flatMap((writer) => numbers.get(writer) ?? []));
    for (const component of strongComponents(graph)) {
      const members = component.flatMap((number) => nodes[number] ?? []);
      const isKnown = members.some(({ isCounted }) => isCounted);
      for (const member of members) member.isCounted = true;
      const transaction = Math.min(...members.map((member) => member.transaction));
      if (isKnown) continue;
      const note = `it and ${plural(members.length - 1, 'more transaction')} read each other’s writes in a cycle`;
      const about = { about: 'transaction', transaction, group: noGroup } as const;
      this.#findings.addAbout('reads', { ...about, note });
    }
  }
}
