import { parentPort, workerData } from 'node:worker_threads';
import engine from '../../../engines/kafka/engine.ts';
import type { ConsumerSink, Deployed, Target } from '../../../engines/engine.ts';

/** A group member that receives, acknowledges nothing, and waits to be terminated. */
const { target, deployed, options } = workerData as {
  readonly target: Target;
  readonly deployed: Deployed;
  readonly options: unknown;
};

const session = await engine.connect(target, engine.options.parse(options), {
  name: 'victim',
  nowNs: () => performance.now() * 1e6,
  random: () => 0.5,
  signal: new AbortController().signal,
});
const sink: ConsumerSink = {
  deliver: (batch) => parentPort?.postMessage(batch.map(({ body }) => body.toString())),
  settled: () => undefined,
  assigned: () => undefined,
  revoking: () => Promise.resolve(),
  lost: () => undefined,
  scopeEnded: () => undefined,
  disconnected: () => undefined,
};
const consumer = await session.consumer?.(
  { deployed, subscription: 0, start: { at: 'earliest' } },
  sink,
);
consumer?.request(1_000);
