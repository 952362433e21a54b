import type { MessageToProduce } from '@platformatic/kafka';
import { partitionOfKey } from '../../harness/core/murmur2.ts';
import type { Deployed, Outgoing } from '../engine.ts';
import { type ScopeTable, scopeTable } from './scopes.ts';
import type { KafkaTransaction } from './transaction.ts';

/** One call of the client: some tickets and the messages they became, index by index. */
export interface Sending {
  readonly tickets: number[];
  readonly messages: MessageToProduce[];
  /** Scope of each message. */
  readonly scopes: number[];
  readonly transaction: KafkaTransaction | undefined;
  /** Of calls in one lane each waits for the one before it, where they may not overtake each other. */
  readonly lane: number;
  bytes: number;
  startedNs: number;
  attempts: number;
  /** An attempt may have been applied although it brought no answer: the end can no longer be `fail`. */
  tainted: boolean;
}

export function emptySending(transaction: KafkaTransaction | undefined): Sending {
  return {
    tickets: [],
    messages: [],
    scopes: [],
    transaction,
    lane: 0,
    bytes: 0,
    startedNs: 0,
    attempts: 1,
    tainted: false,
  };
}

export function absorb(into: Sending, more: Sending): void {
  for (const ticket of more.tickets) into.tickets.push(ticket);
  for (const message of more.messages) into.messages.push(message);
  for (const scope of more.scopes) into.scopes.push(scope);
  into.bytes += more.bytes;
}

/** A call for each scope of a call, in a lane of its own. */
export function splitByScope(sending: Sending): readonly Sending[] {
  const parts = new Map<number, Sending>();
  for (const [index, scope] of sending.scopes.entries()) {
    const part = parts.get(scope) ?? { ...emptySending(sending.transaction), lane: scope };
    parts.set(scope, part);
    const message = sending.messages[index] as MessageToProduce;
    part.tickets.push(sending.tickets[index] as number);
    part.messages.push(message);
    part.scopes.push(scope);
    part.bytes += (message.value?.length ?? 0) + (message.key?.length ?? 0);
  }
  return [...parts.values()];
}

/** Turns lent messages into the client's; knows the topics of the deployment. */
export class Translator {
  readonly #topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly #scopes: ScopeTable;
  readonly #partitions = new Map<string, number>();

  constructor(deployed: Deployed) {
    this.#topics = deployed.topology.destinations.map(({ name, scopes }) => ({
      name,
      partitions: scopes,
    }));
    this.#scopes = scopeTable(deployed.topology);
  }

  get topicNames(): string[] {
    return this.#topics.map((topic) => topic.name);
  }

  scopeOfTopic(name: string, partition: number): number {
    return this.#scopes.scopeOf(
      this.#topics.findIndex((topic) => topic.name === name),
      partition,
    );
  }

  /** False when the message asks for something that Kafka does not have, or for no partition of ours. */
  add(outgoing: Outgoing, to: Sending): boolean {
    const topic = this.#topics[outgoing.destination];
    if (topic === undefined || asksForMore(outgoing)) return false;
    const partition = outgoing.partition ?? this.#partitionFor(outgoing, topic.partitions);
    if (partition < 0 || partition >= topic.partitions) return false;
    const message: MessageToProduce = { topic: topic.name, partition, value: outgoing.body };
    if (outgoing.key !== undefined) message.key = outgoing.key;
    if (outgoing.headers !== undefined) message.headers = headerMap(outgoing.headers);
    to.tickets.push(outgoing.ticket);
    to.messages.push(message);
    to.scopes.push(this.#scopes.scopeOf(outgoing.destination, partition));
    to.bytes += outgoing.body.length + (outgoing.key?.length ?? 0);
    return true;
  }

  #partitionFor(outgoing: Outgoing, partitions: number): number {
    if (outgoing.key === undefined) return outgoing.ticket % partitions;
    if (outgoing.key.length > 64) return partitionOfKey(outgoing.key, partitions);
    const name = `${partitions}:${outgoing.key.toString('latin1')}`;
    const known = this.#partitions.get(name);
    if (known !== undefined) return known;
    if (this.#partitions.size >= 65_536) this.#partitions.clear();
    const partition = partitionOfKey(outgoing.key, partitions);
    this.#partitions.set(name, partition);
    return partition;
  }
}

function asksForMore(outgoing: Outgoing): boolean {
  return (
    outgoing.delayMs > 0 || outgoing.group !== undefined || outgoing.deduplicationId !== undefined
  );
}

function headerMap(headers: Readonly<Record<string, string>>): Map<Buffer, Buffer> {
  return new Map(
    Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]),
  );
}
