import { OutcomeCode } from '../../../harness/core/events.ts';
import type { Answer } from '../../embedded/answer.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { writeCommit } from '../../embedded/protocol/log-messages.ts';
import { Api, Status } from '../../embedded/protocol/protocol.ts';
import type { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import { type Commit, recordInvoked, recordSettled } from './commit-events.ts';
import type { EntryRun, Who } from './member-events.ts';
import type { MemberPlan } from './member-plan.ts';

const retryAfterNs = 10e6;

interface Committer {
  readonly isOver: boolean;
  readonly generation: number;
  readonly who: Who;
  /** A commit is decided, and there may be room for another. */
  decided(): void;
}

/** Nothing was wrong with the request: later it may be stored. */
function isForNow(status: Status): boolean {
  return status === Status.storageFailed || status === Status.notEnoughReplicas;
}

/** What a member has settled, in the order of the consumption, on its way to the broker. */
export class MemberCommits {
  readonly #world: SimulatedWorld;
  readonly #client: SimulatedClient;
  readonly #plan: MemberPlan;
  readonly #of: Committer;
  #waiting: EntryRun[] = [];
  #isCommitting = false;
  /** Grows when the member loses everything: what was begun before is nobody's. */
  #membership = 0;

  constructor(world: SimulatedWorld, client: SimulatedClient, plan: MemberPlan, of: Committer) {
    this.#world = world;
    this.#client = client;
    this.#plan = plan;
    this.#of = of;
  }

  get isBusy(): boolean {
    return this.#isCommitting || this.#waiting.length > 0;
  }

  get isCommitting(): boolean {
    return this.#isCommitting;
  }

  waitsFor(isMeant: (partition: number) => boolean): boolean {
    return this.#waiting.some(({ partition }) => isMeant(partition));
  }

  add(entries: EntryRun): void {
    this.#waiting.push(entries);
  }

  forget(): void {
    this.#waiting = [];
    this.#isCommitting = false;
    this.#membership += 1;
  }

  /** One at a time, so that an old commit never overtakes a new one. */
  commit(): void {
    if (this.#isCommitting || this.#waiting.length === 0) return;
    this.#isCommitting = true;
    const entries = this.#waiting;
    this.#waiting = [];
    const membership = this.#membership;
    const ticket = this.#world.history.ticket();
    const upTo = new Map<number, number>();
    for (const { partition, offset, count } of entries) upTo.set(partition, offset + count);
    const { who, generation } = this.#of;
    const commit = { who, generation, ticket, entries, upTo };
    recordInvoked(this.#world.history, commit);
    const offsets = [...upTo].map(([partition, offset]) => ({ partition, offset }));
    const body = writeCommit(new ByteWriter(), generation, offsets).finish();
    this.#client.request(Api.commitOffsets, body, (answer) => {
      if (this.#of.isOver) return;
      this.#record(commit, answer);
      if (this.#membership !== membership) return;
      if (answer.kind === 'refused' && isForNow(answer.status)) {
        return this.#commitAgain(entries);
      }
      this.#isCommitting = false;
      this.commit();
      this.#of.decided();
    });
  }

  /** Up to there the group has committed. */
  advance(upTo: ReadonlyMap<number, number>): void {
    const { committed } = this.#plan;
    for (const [partition, offset] of upTo) {
      committed.set(partition, Math.max(offset, committed.get(partition) ?? 0));
    }
  }

  #record(commit: Commit, answer: Answer): void {
    const outcomes = { ok: OutcomeCode.ok, lost: OutcomeCode.unknown, refused: OutcomeCode.fail };
    recordSettled(this.#world.history, commit, outcomes[answer.kind]);
    if (answer.kind === 'refused') this.#world.mark('a commit was refused');
    if (answer.kind === 'ok') this.advance(commit.upTo);
  }

  #commitAgain(entries: readonly EntryRun[]): void {
    this.#waiting.unshift(...entries);
    const membership = this.#membership;
    this.#world.agenda.after(retryAfterNs, () => {
      if (this.#of.isOver || this.#membership !== membership) return;
      this.#isCommitting = false;
      this.commit();
    });
  }
}
