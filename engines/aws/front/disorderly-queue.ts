import { type Random, randomFrom } from '../../../harness/core/random.ts';
import { type Chance, chanceFrom } from './chance.ts';
import { HeldMessages } from './held-messages.ts';
import type { AwsService } from './service.ts';
import {
  answered,
  documentIn,
  type Forward,
  goodAnswer,
  isGood,
  listIn,
  type Manner,
  type Parameters,
  type Reaction,
  type ServiceAnswer,
  type ServiceCall,
  textIn,
  withDocument,
} from './service-call.ts';
import { SharedReceipts } from './shared-receipts.ts';

type Disorder = Extract<AwsService, { readonly does: 'repeat-and-disorder' }>;

/** Messages of a standard queue (quotas of the Developer Guide: in flight). */
const inHandsMost = 120_000;

/**
 * What its document allows a standard queue, and what nobody can ask of one: a message comes late, or a second time
 * while it is hidden (visibility timeout: `no absolute guarantee`), or once more after its deletion, because a server that
 * has a copy of it was out of reach then (at-least-once delivery).
 */
export class DisorderlyQueue implements Manner {
  readonly #how: Disorder;
  readonly #nowMs: () => number;
  readonly #happens: Chance;
  readonly #random: Random;
  readonly #queues = new Map<string, HeldMessages>();
  readonly #shared = new SharedReceipts(inHandsMost);

  constructor(how: Disorder, nowMs: () => number) {
    this.#how = how;
    this.#nowMs = nowMs;
    this.#happens = chanceFrom(how.seed);
    this.#random = randomFrom(how.seed).fork('passed by');
  }

  async react(call: ServiceCall, forward: Forward): Promise<Reaction> {
    switch (call.operation) {
      case 'ReceiveMessage':
        return answered(this.#received(call, await forward()));
      case 'DeleteMessage':
        return answered(this.#isDeleted(call.parameters) ? await forward() : goodAnswer(call, {}));
      case 'DeleteMessageBatch':
        return answered(await this.#deleteBatch(call, forward));
      default:
        return answered(await forward());
    }
  }

  #received({ parameters }: ServiceCall, answer: ServiceAnswer): ServiceAnswer {
    if (!isGood(answer)) return answer;
    const nowMs = this.#nowMs();
    const held = this.#heldOf(textIn(parameters, 'QueueUrl'));
    const document = documentIn(answer.body);
    const inTime: Parameters[] = [];
    const later: Parameters[] = [];
    for (const message of listIn(document, 'Messages')) {
      if (this.#happens(this.#how.latePermille)) {
        later.push(message);
        continue;
      }
      inTime.push(message);
      if (this.#happens(this.#how.twicePermille)) {
        this.#shared.share(textIn(message, 'ReceiptHandle'));
        later.push(receivedAgain(message));
      }
    }
    const room = Number(parameters['MaxNumberOfMessages'] ?? 1) - inTime.length;
    const due = held.take(inTime.length, room, nowMs);
    for (const message of later) {
      held.hold(message, 1 + this.#random.below(this.#how.passedByMost), nowMs);
    }
    return withDocument(answer, { ...document, Messages: [...inTime, ...due] });
  }

  async #deleteBatch(call: ServiceCall, forward: Forward): Promise<ServiceAnswer> {
    const entries = listIn(call.parameters, 'Entries');
    const Entries = entries.filter((entry) => this.#isDeleted(entry));
    const kept = entries.filter((entry) => !Entries.includes(entry));
    if (kept.length === 0) return forward();
    const Successful = kept.map((entry) => ({ Id: textIn(entry, 'Id') }));
    if (Entries.length === 0) return goodAnswer(call, { Successful });
    const answer = await forward({ ...call.parameters, Entries });
    if (!isGood(answer)) return answer;
    const document = documentIn(answer.body);
    const others = listIn(document, 'Successful');
    return withDocument(answer, { ...document, Successful: [...others, ...Successful] });
  }

  /** Whether the queue hears of it. A second deletion by the same receipt is well, and changes nothing. */
  #isDeleted(entry: Parameters): boolean {
    const receipt = textIn(entry, 'ReceiptHandle');
    if (this.#shared.isDeleted(receipt)) return false;
    if (this.#happens(this.#how.undeletedPermille)) return false;
    this.#shared.delete(receipt);
    return true;
  }

  #heldOf(queueUrl: string): HeldMessages {
    const known = this.#queues.get(queueUrl);
    if (known !== undefined) return known;
    const held = new HeldMessages(this.#how.heldMsMost);
    this.#queues.set(queueUrl, held);
    return held;
  }
}

/** It counts as a receive of its own. */
function receivedAgain(message: Parameters): Parameters {
  const attributes = message['Attributes'];
  if (typeof attributes !== 'object' || attributes === null) return message;
  const name = 'ApproximateReceiveCount';
  const count = new Map(Object.entries(attributes)).get(name);
  if (count === undefined) return message;
  return { ...message, Attributes: { ...attributes, [name]: String(Number(count) + 1) } };
}
