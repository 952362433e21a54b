import { TokenBucket } from '../../token-bucket.ts';
import {
  answered,
  errorAnswer,
  type Forward,
  type Manner,
  type Reaction,
  type ServiceCall,
  textIn,
} from './service-call.ts';

/**
 * The actions that have a limit of calls, each with its batch (Developer Guide, troubleshooting FIFO throttling: `300
 * transactions per second, per API action for SendMessage, ReceiveMessage, and DeleteMessage`, and batches of ten).
 */
const actions: Readonly<Record<string, 'send' | 'receive' | 'delete'>> = {
  SendMessage: 'send',
  SendMessageBatch: 'send',
  ReceiveMessage: 'receive',
  DeleteMessage: 'delete',
  DeleteMessageBatch: 'delete',
};

/** A quota of calls for each action of each queue, and a second's worth of them at once. */
export class LimitedCalls implements Manner {
  readonly #callsPerSecond: number;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(callsPerSecond: number, nowMs: () => number) {
    this.#callsPerSecond = callsPerSecond;
    this.#nowMs = nowMs;
  }

  async react(call: ServiceCall, forward: Forward): Promise<Reaction> {
    const action = actions[call.operation];
    if (action !== undefined && !this.#allows(`${action} ${textIn(call.parameters, 'QueueUrl')}`)) {
      return answered(errorAnswer(call, 400, 'RequestThrottled'));
    }
    return answered(await forward());
  }

  #allows(name: string): boolean {
    const nowMs = this.#nowMs();
    const most = this.#callsPerSecond;
    const bucket = this.#buckets.get(name) ?? new TokenBucket(most, most, nowMs);
    this.#buckets.set(name, bucket);
    return bucket.take(1, nowMs);
  }
}
