import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const loaded: string[] = [];
registerHooks({
  load: (url, context, next) => {
    loaded.push(url);
    return next(url, context);
  },
});
await import((workerData as { module: string }).module);
parentPort?.postMessage(loaded);
