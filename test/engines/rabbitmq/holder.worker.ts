import { parentPort, workerData } from 'node:worker_threads';
import engine from '../../../engines/rabbitmq/engine.ts';
import type { Deployed, Target } from '../../../engines/engine.ts';
import type { RabbitOptions } from '../../../engines/rabbitmq/options.ts';
import { actor, RecordedConsumer, until } from './recording.ts';

/** Takes `take` messages, settles the first `acknowledge` of them, and waits to be terminated. */
export interface HolderTask {
  readonly target: Target;
  readonly options: RabbitOptions;
  readonly deployed: Deployed;
  readonly take: number;
  readonly acknowledge: number;
}

const task: HolderTask = workerData;
const session = await engine.connect(task.target, task.options, actor);
const sink = new RecordedConsumer();
const spec = { deployed: task.deployed, subscription: 0, start: { at: 'earliest' } } as const;
const consumer = await session.consumer?.(spec, sink);
consumer?.request(task.take);
await until(() => sink.deliveries.length === task.take);
if (task.acknowledge > 0) {
  consumer?.settle(1, sink.deliveries.slice(0, task.acknowledge), { how: 'acknowledge' });
  await consumer?.fence?.();
}
parentPort?.postMessage(sink.bodies());
setInterval(() => undefined, 1_000);
