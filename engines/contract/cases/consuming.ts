import { type Cell, oneOfEach, withCell } from '../bench/cell.ts';
import { must, mustEqual, mustRefuse, quiet } from '../bench/expecting.ts';
import { type ContractCase, traitsOf } from '../bench/subject.ts';

export const consumingCases: readonly ContractCase[] = [
  {
    name: 'nothing is delivered without permits, and permits accumulate',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        await send(cell, 8);
        const receiver = await cell.receiver();
        await quiet(subject.quietMs);
        mustEqual(receiver.deliveries.length, 0, 'deliveries without a request');
        const first = Math.min(3, cell.traits.receiveLimit);
        receiver.request(first);
        await receiver.until(first);
        await quiet(subject.quietMs);
        mustEqual(receiver.deliveries.length, first, `deliveries after request(${first})`);
        await receiver.acknowledge(receiver.deliveries);
        receiver.inner.request(1);
        receiver.inner.request(1);
        await receiver.until(first + 2);
        await quiet(subject.quietMs);
        mustEqual(receiver.deliveries.length, first + 2, 'deliveries after request(1) twice');
        await receiver.acknowledge(receiver.deliveries.slice(first));
      }),
  },
  {
    name: 'a permit waits for messages that come later',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        const receiver = await cell.receiver();
        receiver.request(1);
        await quiet(subject.quietMs);
        await send(cell, 1);
        await receiver.until(1);
        await receiver.acknowledge(receiver.deliveries);
      }),
  },
  {
    name: 'a first delivery says that it is the first, if it can say so',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        await send(cell, 1);
        const [delivery] = await (await cell.receiver()).receiveAndAcknowledge(1);
        must(delivery !== undefined, 'nothing came');
        const { capabilities } = cell.traits;
        mustEqual(delivery.attempt, capabilities.has('attempts') ? 1 : undefined, 'attempt');
        const flag = capabilities.has('redelivered-flag') ? false : undefined;
        mustEqual(delivery.redelivered, flag, 'redelivered');
        if (capabilities.has('lease'))
          must((delivery.leaseMs ?? 0) > 0, `lease ${delivery.leaseMs}`);
      }),
  },
  {
    name: 'seek: a consumer goes back where it was; absent if not declared',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        const receiver = await cell.receiver();
        const declared = cell.traits.capabilities.has('seek');
        mustEqual(receiver.inner.seek !== undefined, declared, 'seek is present');
        if (!declared) return;
        await send(cell, 4);
        const [, second] = await receiver.receive(4);
        await receiver.inner.seek?.({ at: 'earliest' });
        receiver.request(4);
        await receiver.until(8);
        const numbers = ['message 0', 'message 1', 'message 2', 'message 3'];
        mustEqual(receiver.bodies().slice(4), numbers, 'bodies after seek to the earliest');
        if (second?.place === undefined) return;
        await receiver.inner.seek?.({ at: 'position', ...second.place });
        receiver.request(3);
        await receiver.until(11);
        mustEqual(receiver.bodies().slice(8), numbers.slice(1), 'bodies after seek to a position');
        await receiver.acknowledge(receiver.deliveries.slice(8));
      }),
  },
  {
    name: 'replay: a new subscription starts where it is told',
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('replay')) return;
      await withCell(subject, { ...oneOfEach, subscriptions: [0, 0, 0] }, async (cell) => {
        await send(cell, 4);
        const first = await (await cell.receiver(0)).receiveAndAcknowledge(4);
        const replayed = await cell.receiver(1);
        await replayed.receiveAndAcknowledge(4);
        mustEqual(replayed.bodies().length, 4, 'bodies of a later subscription');
        const latest = await cell.receiver(2, { at: 'latest' });
        latest.request(1);
        const sender = await cell.sender();
        // It may take a moment until the start is fixed, so one later message may be missed, not ten.
        for (let index = 0; index < 100 && latest.deliveries.length === 0; index += 1) {
          await sender.sendAll([{ body: `later ${index}` }], cell.traits.sendLimit);
          await quiet(Math.ceil(subject.patienceMs / 100));
        }
        await latest.until(1);
        const seen = new Set(first.map(({ body }) => body.toString()));
        must(
          !seen.has(latest.bodies()[0] ?? ''),
          'a subscription at the latest saw earlier messages',
        );
        await latest.acknowledge(latest.deliveries);
      });
    },
  },
  {
    name: 'start-at-time: a subscription and a seek begin with what was stored then or later',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        const { capabilities } = cell.traits;
        if (!capabilities.has('start-at-time')) return refuseTimes(cell);
        await send(cell, 2);
        await quiet(subject.quietMs);
        const timeMs = Math.floor(performance.timeOrigin + performance.now());
        await quiet(subject.quietMs);
        await send(cell, 2, 2);
        const receiver = await cell.receiver(0, { at: 'time', timeMs });
        await receiver.receive(2);
        mustEqual(receiver.bodies(), ['message 2', 'message 3'], 'bodies of a start at a time');
        if (!capabilities.has('seek')) return;
        await receiver.inner.seek?.({ at: 'time', timeMs });
        receiver.request(2);
        await receiver.until(4);
        mustEqual(receiver.bodies().slice(2), ['message 2', 'message 3'], 'bodies after a seek');
        await receiver.acknowledge(receiver.deliveries.slice(2));
      }),
  },
  {
    name: 'a start at a position is refused without seek and replay',
    run: (subject) =>
      withCell(subject, oneOfEach, async (cell) => {
        const { capabilities } = cell.traits;
        if (capabilities.has('seek') || capabilities.has('replay')) return;
        const position = { major: 0, minor: 0 };
        await mustRefuse('a consumer that starts at a position', () =>
          cell.receiver(0, { at: 'position', scope: 0, position }),
        );
      }),
  },
];

async function refuseTimes(cell: Cell): Promise<void> {
  const time = { at: 'time', timeMs: 0 } as const;
  await mustRefuse('a consumer that starts at a time', () => cell.receiver(0, time));
  if (!cell.traits.capabilities.has('seek')) return;
  const receiver = await cell.receiver();
  await mustRefuse('a seek to a time', () => receiver.inner.seek?.(time));
}

export async function send(cell: Cell, count: number, from = 0): Promise<void> {
  const sender = await cell.sender();
  const letters = Array.from({ length: count }, (_, index) => ({
    body: `message ${from + index}`,
  }));
  // One at a time: some cases look at the order, which the contract promises to nobody.
  for (const letter of letters) await sender.sendAll([letter], cell.traits.sendLimit);
  await cell.close(sender);
}
