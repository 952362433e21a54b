import { Worker } from 'node:worker_threads';
import type { Deployed, Target } from '../../../engines/engine.ts';
import type { LoopResult } from '../pairs.ts';
import type { Prepared, Workload } from '../workload.ts';

export type BareClient = 'session' | 'kafka' | 'rabbitmq' | 'nats' | 'redis';

export interface BareData {
  readonly client: BareClient;
  readonly module: string;
  readonly options: unknown;
  readonly target: Target;
  readonly deployed: Deployed;
  readonly workload: Workload;
}

/** The client alone, in a thread like an actor's: no history, no latency, no header. */
export async function bareLoop(client: BareClient, prepared: Prepared): Promise<LoopResult> {
  const { module, options, target, deployed, workload } = prepared;
  const workerData: BareData = { client, module, options, target, deployed, workload };
  const worker = new Worker(new URL('./bare.worker.ts', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.once('message', (result: LoopResult) => {
      resolve(result);
      void worker.terminate();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the bare loop ended with code ${code}`)));
  });
}
