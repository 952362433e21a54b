import { freshName, oneOfEach, withCell } from '../bench/cell.ts';
import { quiet } from '../bench/expecting.ts';
import type { ContractCase } from '../bench/subject.ts';
import { visitAndLeave } from '../bench/threads.ts';

export const lifecycleCases: readonly ContractCase[] = [
  {
    name: 'an idle producer and an idle consumer close, and their session closes twice',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        await cell.close(await cell.sender());
        await cell.close(await cell.receiver());
      }),
  },
  {
    name: 'a consumer that waits for messages leaves when it is told to',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        const receiver = await cell.receiver();
        receiver.request(1);
        await quiet(subject.quietMs);
        await cell.close(receiver);
      }),
  },
  {
    name: 'a thread that used the engine and closed everything ends by itself',
    run: (subject) => visitAndLeave(subject, freshName(subject)),
  },
];
