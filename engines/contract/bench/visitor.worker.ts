import { parentPort, workerData } from 'node:worker_threads';
import { describeError } from '../../../harness/core/errors.ts';
import type { Engine } from '../../engine.ts';
import { oneOfEach, withCell } from './cell.ts';
import type { VisitorData, VisitorMessage } from './threads.ts';

const data = workerData as VisitorData;
const tell = (message: VisitorMessage): void => parentPort?.postMessage(message);

try {
  const { default: engine } = (await import(data.module)) as { default: Engine };
  const subject = { ...data, module: new URL(data.module), engine };
  await withCell(subject, oneOfEach, async (cell) => {
    const receiver = await cell.receiver();
    const sender = await cell.sender();
    await sender.sendAll([{ body: 'one' }, { body: 'two' }], cell.traits.sendLimit);
    await receiver.receiveAndAcknowledge(2);
    receiver.request(1);
  });
  tell({ kind: 'closed' });
  const report = setInterval(() => {
    tell({ kind: 'still-open', resources: process.getActiveResourcesInfo() });
  }, 100);
  report.unref();
} catch (error) {
  tell({ kind: 'failed', why: describeError(error) });
}
