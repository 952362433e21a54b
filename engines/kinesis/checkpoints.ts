import { invariant } from '../../harness/core/errors.ts';
import { comparePositions } from '../../harness/core/position.ts';
import { AwsCode, outcomeOf } from '../aws/outcomes.ts';
import type { ConsumerSink, Delivery } from '../engine.ts';
import type { LeaseLink } from './lease-link.ts';
import { leaseLost } from './outcomes.ts';
import type { RecordToken, ShardReader } from './shard-reader.ts';

interface OpenSettlement {
  /** Whose records each of the deliveries was. */
  readonly deliveredBy: readonly ShardReader[];
  /** In the order of the checkpoints. */
  readonly readers: readonly ShardReader[];
}

/** Settles by checkpoints: the last record of each shard stands for all before it. */
export class Checkpoints {
  readonly #sink: Pick<ConsumerSink, 'settled'>;
  readonly #open = new Map<number, OpenSettlement>();
  /** The furthest of each shard: a settlement that comes late takes nothing back. */
  readonly #furthest = new Map<ShardReader, RecordToken>();

  constructor(sink: Pick<ConsumerSink, 'settled'>) {
    this.#sink = sink;
  }

  settle(link: LeaseLink, ticket: number, of: readonly Delivery[]): void {
    const tokens = of.map(({ token }) => token as RecordToken);
    for (const token of tokens) {
      const known = this.#furthest.get(token.reader);
      const isFurther = !known || comparePositions(token.position, known.position) > 0;
      if (isFurther) this.#furthest.set(token.reader, token);
    }
    const deliveredBy = tokens.map(({ reader }) => reader);
    const readers = [...new Set(deliveredBy)];
    this.#open.set(ticket, { deliveredBy, readers });
    const at = readers.map((reader) => {
      const furthest = this.#furthest.get(reader);
      invariant(furthest !== undefined, 'what is settled was remembered');
      const { shard, generation } = reader;
      return { shard, generation, sequenceNumber: furthest.sequenceNumber };
    });
    link.checkpoint(ticket, at);
  }

  /** Another place is read from, so that checkpoints may go back. */
  forget(): void {
    this.#furthest.clear();
  }

  drop(reader: ShardReader): void {
    this.#furthest.delete(reader);
  }

  answered(ticket: number, refused: readonly number[]): void {
    const open = this.#open.get(ticket);
    if (open === undefined) return;
    this.#open.delete(ticket);
    if (refused.length === 0) {
      this.#sink.settled(ticket, -1, 'ok', AwsCode.ok);
      return;
    }
    const lost = new Set(refused.map((index) => open.readers[index]));
    for (const [index, reader] of open.deliveredBy.entries()) {
      if (lost.has(reader)) this.#sink.settled(ticket, index, 'fail', leaseLost);
      else this.#sink.settled(ticket, index, 'ok', AwsCode.ok);
    }
  }

  /** No answer will come any more. */
  abandon(code: AwsCode): void {
    for (const ticket of this.#open.keys()) {
      this.#sink.settled(ticket, -1, outcomeOf(code), code);
    }
    this.#open.clear();
  }
}
