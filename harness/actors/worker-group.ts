import { Worker } from 'node:worker_threads';
import { AckmarkError, describeError, fromErrorRecord } from '../core/errors.ts';
import type { Actor, ActorEnd, ActorSpec, Holding, WorkerGroup } from './actor.ts';
import { CounterSlot, createCounters, readCounters, thawGate } from './counters.ts';
import type { ActorWorkerData, FromActor, ToActor } from './protocol.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`./actor.worker.${suffix}`, import.meta.url);

/** Actors in worker threads of their own, so that each can be crashed and stalled alone. */
export function createWorkerGroup(): WorkerGroup {
  const living = new Set<Actor>();
  return {
    spawn: async (spec) => {
      const thread = new ActorThread(spec);
      living.add(thread);
      void thread.ended.then(() => living.delete(thread));
      await thread.ready;
      return thread;
    },
    close: async () => {
      await Promise.all([...living].map((actor) => actor.crash()));
    },
  };
}

class ActorThread implements Actor {
  readonly spec: ActorSpec;
  readonly ready: Promise<void>;
  readonly ended: Promise<ActorEnd>;
  readonly #worker: Worker;
  readonly #counters = createCounters();
  #end: ActorEnd | undefined;
  #isKilled = false;
  #fences = 0;
  readonly #openFences = new Map<number, (well: boolean) => void>();

  constructor(spec: ActorSpec) {
    this.spec = spec;
    const workerData: ActorWorkerData = { spec, counters: this.#counters };
    this.#worker = new Worker(workerModule, { workerData, name: spec.name.slice(0, 60) });
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        resolve(this.#end ?? this.#exited(code));
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromActor) => {
        if (message.is === 'ready') resolve();
        else if (message.is === 'fenced') this.#fenced(message.id, message.well);
        else this.#end ??= endOf(message);
      });
      this.#worker.once('exit', () => {
        // Nothing happens when it was ready before.
        const end = this.#end;
        reject(end?.how === 'failed' ? end.error : this.#failed('ended before it was ready'));
      });
    });
    this.#worker.on('error', (error) => {
      this.#end ??= { how: 'failed', error: this.#failed(describeError(error)) };
    });
  }

  counters(): ReturnType<Actor['counters']> {
    return readCounters(this.#counters);
  }

  start(atNs: number): void {
    this.#tell({ do: 'start', atNs });
  }

  finish(): void {
    this.#tell({ do: 'finish' });
  }

  fence(): Promise<boolean> {
    this.#fences += 1;
    const id = this.#fences;
    const answer = new Promise<boolean>((resolve) => {
      this.#openFences.set(id, resolve);
    });
    this.#tell({ do: 'fence', id });
    return Promise.race([answer, this.ended.then(() => false)]);
  }

  freeze(holding: Holding, atLeast: number): void {
    this.#tell({ do: 'freeze', holding, atLeast });
  }

  thaw(): void {
    const gate = thawGate(this.#counters);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  }

  release(): void {
    new Float64Array(this.#counters)[CounterSlot.isReleased] = 1;
  }

  measure(): void {
    new Float64Array(this.#counters)[CounterSlot.isMeasured] = 1;
  }

  enterEpoch(epoch: number): void {
    new Float64Array(this.#counters)[CounterSlot.epoch] = epoch;
  }

  repair(belowSeq: number): void {
    new Float64Array(this.#counters)[CounterSlot.repairedBelow] = belowSeq;
  }

  stall(durationMs: number): void {
    this.#tell({ do: 'stall', durationMs });
  }

  async crash(): Promise<void> {
    this.#isKilled = true;
    await this.#worker.terminate();
    await this.ended;
  }

  #fenced(id: number, well: boolean): void {
    this.#openFences.get(id)?.(well);
    this.#openFences.delete(id);
  }

  #tell(message: ToActor): void {
    this.#worker.postMessage(message);
  }

  #exited(code: number): ActorEnd {
    return this.#isKilled
      ? { how: 'crashed' }
      : { how: 'failed', error: this.#failed(`its thread ended with code ${code}`) };
  }

  #failed(how: string): AckmarkError {
    return new AckmarkError('ACTOR_FAILED', `${this.spec.name}: ${how}`, {
      hint: 'The engine module or its client ended the thread; run the contract suite against it.',
    });
  }
}

function endOf(message: Exclude<FromActor, { is: 'ready' | 'fenced' }>): ActorEnd {
  return message.is === 'finished'
    ? { how: 'finished', report: message.report, pauses: message.pauses }
    : { how: 'failed', error: fromErrorRecord(message.error) };
}
