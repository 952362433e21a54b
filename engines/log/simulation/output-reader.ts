import { EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import type { Answer } from '../../embedded/answer.ts';
import { type ByteReader, ByteWriter } from '../../embedded/protocol/bytes.ts';
import { readFetched, writeFetch } from '../../embedded/protocol/log-messages.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { decodeMessage } from '../../embedded/simulation/message.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';

const longPollMs = 20;
const longPollTimeoutMs = 200;
const isolation = 'read-committed';

export interface ReaderPlan {
  readonly group: number;
  readonly topic: number;
  readonly partitions: number;
  /** Of partition 0. */
  readonly firstScope: number;
  readonly trouble: ConnectionTrouble;
}

/** Reads all of a topic that is committed, from its start, and forgets nothing when its connection ends. */
export class OutputReader {
  readonly #world: SimulatedWorld;
  readonly #plan: ReaderPlan;
  readonly #client: SimulatedClient;
  readonly #who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly #positions: number[];

  constructor(world: SimulatedWorld, broker: SimulatedBroker, plan: ReaderPlan) {
    this.#world = world;
    this.#plan = plan;
    this.#who = { actor: world.newActor(), group: plan.group, session: world.newSession() };
    this.#positions = Array.from({ length: plan.partitions }, () => 0);
    world.history.write(EventKind.sessionOpened, this.#who);
    for (let partition = 0; partition < plan.partitions; partition += 1) {
      const scope = plan.firstScope + partition;
      world.history.write(EventKind.assigned, { ...this.#who, scope, ref: 1 });
    }
    this.#client = new SimulatedClient(world, broker, plan.trouble, {
      up: () => this.#fetch(),
      down: () => {},
      pushed: () => {},
    });
  }

  hasRead(partition: number, end: number): boolean {
    return (this.#positions[partition] ?? 0) >= end;
  }

  #fetch(): void {
    const auxNs = this.#world.agenda.nowNs;
    const positions = this.#positions.map((offset, partition) => ({ partition, offset }));
    const limits = { maxMessages: 8, maxBytes: 1 << 20, maxWaitMs: longPollMs };
    const request = { topic: this.#plan.topic, positions, ...limits, isolation } as const;
    const then = (answer: Answer): void => {
      if (answer.kind === 'lost') return;
      if (answer.kind === 'ok') this.#deliver(answer.body, auxNs);
      // What it had read went with the power: it begins again with what is there.
      else this.#positions.fill(0);
      this.#world.agenda.after(1e5, () => {
        if (this.#client.isConnected) this.#fetch();
      });
    };
    const body = writeFetch(new ByteWriter(), request).finish();
    this.#client.request(Api.fetch, body, then, longPollTimeoutMs);
  }

  #deliver(body: ByteReader, auxNs: number): void {
    for (const { partition, baseOffset, batch } of readFetched(body)) {
      for (let index = 0; index < batch.count; index += 1) {
        const offset = baseOffset + index;
        if (this.hasRead(partition, offset + 1)) continue;
        this.#positions[partition] = offset + 1;
        const place = { scope: this.#plan.firstScope + partition, positionMajor: offset };
        const where = { ...this.#who, ...place, flags: Flag.placed | Flag.pulled, auxNs };
        const message = decodeMessage(batch.body(index));
        const { history } = this.#world;
        if (message === undefined) history.write(EventKind.corrupted, where);
        else history.write(EventKind.deliver, { ...where, ...message });
      }
    }
  }
}
