import type { Backlog, Delivery, Position, ScopeEnd } from '../../engine.ts';
import { type Cell, oneOfEach, withCell } from '../bench/cell.ts';
import { eventually, must, mustEqual, quiet } from '../bench/expecting.ts';
import type { ContractCase } from '../bench/subject.ts';

export const administrationCases: readonly ContractCase[] = [
  {
    name: 'apply deploys the topology it was asked for, as plain data',
    run: (subject) =>
      withCell(subject, { destinations: 2, scopes: 2, subscriptions: [0, 1] }, async (cell) => {
        const { topology } = cell.deployed;
        mustEqual(structuredClone(cell.deployed), cell.deployed, 'deployed, cloned');
        mustEqual(topology.destinations.length, 2, 'destinations');
        mustEqual(
          topology.subscriptions.map(({ destination }) => destination),
          [0, 1],
          'destinations of the subscriptions',
        );
        must(
          cell.deployed.effective.every((line) => !line.includes('\n')),
          'effective: one line each',
        );
      }),
  },
  {
    name: 'two cells do not see each other',
    run: (subject) =>
      withCell(subject, oneOfEach, (one) =>
        withCell(subject, oneOfEach, async (other) => {
          const [here, there] = [await one.receiver(), await other.receiver()];
          await (await one.sender()).sendAll([{ body: 'mine' }], one.traits.sendLimit);
          await (await other.sender()).sendAll([{ body: 'yours' }], other.traits.sendLimit);
          here.request(2);
          there.request(2);
          await Promise.all([here.until(1), there.until(1)]);
          await quiet(subject.quietMs);
          mustEqual(here.bodies(), ['mine'], 'bodies of the first cell');
          mustEqual(there.bodies(), ['yours'], 'bodies of the second cell');
          await here.acknowledge(here.deliveries);
          await there.acknowledge(there.deliveries);
        }),
      ),
  },
  {
    name: 'the backlog grows with sends and proves the drain',
    run: (subject) =>
      withCell(subject, { destinations: 1, scopes: 2, subscriptions: [0] }, async (cell) => {
        mustEqual(await unread(cell, []), 0, 'unread messages before the first send');
        const spread = cell.traits.capabilities.has('partitions');
        const letters = Array.from({ length: 6 }, (_, index) => ({
          body: `message ${index}`,
          ...(spread ? { partition: index % 2 } : {}),
        }));
        await (await cell.sender()).sendAll(letters, cell.traits.sendLimit);
        if (cell.traits.drained !== 'quiescence') {
          await eventually('the backlog shows what was sent', subject.patienceMs, async () => {
            const open = await unread(cell, []);
            return cell.traits.drained === 'exact-depth' ? open === 6 : open >= 1;
          });
        }
        const receiver = await cell.receiver();
        const got = await receiver.receiveAndAcknowledge(6);
        await eventually(
          'the backlog shows the drain',
          subject.patienceMs,
          async () => (await unread(cell, got)) === 0,
        );
      }),
  },
  {
    name: 'remove removes: nothing answers for the cell afterwards',
    run: async (subject) => {
      await withCell(subject, oneOfEach, async (cell) => {
        const topology = {
          destinations: [
            { name: `${cell.deployed.topology.destinations[0]?.name}-gone`, scopes: 1 },
          ],
          subscriptions: [
            { name: `${cell.deployed.topology.subscriptions[0]?.name}-gone`, destination: 0 },
          ],
        };
        const gone = await cell.administration.apply(topology);
        await cell.administration.backlog(gone, 0);
        await cell.administration.remove(gone);
        if (cell.traits.drained === 'quiescence') return;
        await eventually('backlog() of a removed cell rejects', subject.patienceMs, () =>
          cell.administration.backlog(gone, 0).then(
            () => false,
            () => true,
          ),
        );
      });
    },
  },
];

/** How much of subscription 0 is not in `seen`: messages, or scopes where only their ends are known. */
async function unread(cell: Cell, seen: readonly Delivery[]): Promise<number> {
  const backlog: Backlog = await cell.administration.backlog(cell.deployed, 0);
  mustEqual(backlog.by, cell.traits.drained, 'backlog.by');
  if (backlog.by === 'exact-depth') return backlog.ready + backlog.inFlight;
  if (backlog.by === 'quiescence') return 0;
  return backlog.ends.filter((end) => !isReached(end, seen)).length;
}

function isReached({ scope, end }: ScopeEnd, seen: readonly Delivery[]): boolean {
  return seen.some(({ place }) => place?.scope === scope && isLastBefore(place.position, end));
}

function isLastBefore(position: Position, end: Position): boolean {
  if (position.major >= end.major)
    return position.major > end.major || position.minor + 1 >= end.minor;
  return end.minor === 0 && position.major + 1 === end.major;
}
