import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { onlyRefusedBefore } from '../aws/attempt-ends.ts';
import { failureOf } from '../aws/call-failures.ts';
import { AwsCode, outcomeOf } from '../aws/outcomes.ts';
import type { ConsumerSink, Settlement } from '../engine.ts';
import { codeOfEntry } from './entry-failures.ts';
import { batchMost } from './traits.ts';

/** A deletion, or another end of the lease: 0 seconds give a message back at once. */
type Change = { readonly is: 'delete' } | { readonly is: 'lease'; readonly seconds: number };

/** Settles in batches, each entry of which has an outcome of its own. */
export class Settlements {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #sink: ConsumerSink;
  readonly #open = new Set<Promise<void>>();
  #ended = false;

  constructor(client: SQSClient, url: string, sink: ConsumerSink) {
    this.#client = client;
    this.#url = url;
    this.#sink = sink;
  }

  /** @param receipts as many as one call takes */
  settle(ticket: number, receipts: readonly string[], how: Settlement): void {
    const work = this.#ask(receipts, changeOf(how)).then((codes) => {
      if (this.#ended) return;
      for (const [index, code] of codes.entries()) {
        this.#sink.settled(ticket, index, outcomeOf(code), code);
      }
    });
    this.#open.add(work);
    void work.then(() => this.#open.delete(work));
  }

  /** What was not given back in time comes again when its lease is over. */
  async giveBack(receipts: readonly string[]): Promise<void> {
    for (let from = 0; from < receipts.length; from += batchMost) {
      await this.#ask(receipts.slice(from, from + batchMost), { is: 'lease', seconds: 0 });
    }
  }

  /** Resolves when everything so far has been answered. */
  async answeredAll(): Promise<void> {
    await Promise.all(this.#open);
  }

  /** Nothing is told any more. */
  end(): void {
    this.#ended = true;
  }

  /** @returns how it ended for each of the receipts */
  async #ask(receipts: readonly string[], change: Change): Promise<readonly AwsCode[]> {
    try {
      const output = await this.#call(receipts, change);
      const { Successful = [], Failed = [], $metadata } = output;
      const isFirst = ($metadata.attempts ?? 1) === 1 || onlyRefusedBefore(output);
      const done = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(
        Failed.map((entry): [string, BatchResultErrorEntry] => [entry.Id ?? '', entry]),
      );
      return receipts.map((_, index) =>
        done.has(String(index)) ? AwsCode.ok : codeOfEntry(failed.get(String(index)), isFirst),
      );
    } catch (error) {
      const { code } = failureOf(error, onlyRefusedBefore(error));
      return receipts.map(() => code);
    }
  }

  #call(receipts: readonly string[], change: Change) {
    const QueueUrl = this.#url;
    const entries = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    if (change.is === 'delete') {
      return this.#client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
    }
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: change.seconds }));
    return this.#client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

function changeOf(how: Settlement): Change {
  if (how.how === 'acknowledge') return { is: 'delete' };
  // Whole seconds: never less than was asked for.
  return { is: 'lease', seconds: how.how === 'extend' ? Math.ceil(how.leaseMs / 1_000) : 0 };
}
