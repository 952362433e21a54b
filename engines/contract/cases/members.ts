import { type Cell, withCell } from '../bench/cell.ts';
import { eventually, must, mustEqual } from '../bench/expecting.ts';
import type { Receiver } from '../bench/receiver.ts';
import { type ContractCase, traitsOf } from '../bench/subject.ts';

const scopes = 4;
const messages = 40;
const shape = { destinations: 1, scopes, subscriptions: [0] };

export const memberCases: readonly ContractCase[] = [
  {
    name: 'groups: two members of a subscription share its messages',
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('groups')) return;
      await withCell(subject, shape, async (cell) => {
        const members = [await cell.receiver(), await cell.receiver()] as const;
        await bothAssigned(cell, members);
        const spread = cell.traits.capabilities.has('partitions');
        const letters = Array.from({ length: messages }, (_, index) => ({
          body: `message ${index}`,
          ...(spread ? { partition: index % scopes } : {}),
        }));
        await (await cell.sender()).sendAll(letters, cell.traits.sendLimit);
        // What is dealt out to whoever is there is dealt out also to a member that asked for less.
        const isDealt = spread || cell.traits.unheard === 'lost';
        await share(cell, members, isDealt ? messages : messages / 2);
        const all = members.flatMap((member) => member.bodies());
        mustEqual(new Set(all).size, messages, 'distinct messages of both members');
        must(
          members.every((member) => member.deliveries.length > 0),
          'one member got nothing',
        );
      });
    },
  },
  {
    name: 'rebalance-events: the scopes of two members are always somebody’s and never both’s',
    run: async (subject) => {
      if (!traitsOf(subject).capabilities.has('rebalance-events')) return;
      await withCell(subject, shape, async (cell) => {
        const all = cell.deployed.topology.destinations[0]?.scopes ?? 1;
        const first = await cell.receiver();
        await owns(cell, first, all);
        const second = await cell.receiver();
        await bothAssigned(cell, [first, second]);
        must(all === 1 || first.revocations > 0, 'scopes went to the second without revoking()');
        await cell.close(second);
        await owns(cell, first, all);
      });
    },
  },
];

const owns = (cell: Cell, member: Receiver, count: number): Promise<void> =>
  eventually(
    `a lone member owns ${count} scopes`,
    cell.subject.patienceMs,
    () => member.scopes.size === count,
    () => `it owns ${[...member.scopes].join(', ')}`,
  );

async function bothAssigned(cell: Cell, [a, b]: readonly [Receiver, Receiver]): Promise<void> {
  if (!cell.traits.capabilities.has('rebalance-events')) return;
  const all = cell.deployed.topology.destinations[0]?.scopes ?? 1;
  const each = all === 1 ? 0 : 1;
  await eventually(
    'both members have scopes',
    cell.subject.patienceMs,
    () =>
      a.scopes.size >= each &&
      b.scopes.size >= each &&
      a.scopes.size + b.scopes.size === all &&
      [...a.scopes].every((scope) => !b.scopes.has(scope)),
    () => `${[...a.scopes].join(', ')} and ${[...b.scopes].join(', ')}`,
  );
}

/** Both take what they get until everything is there, each at most `most`, settling as they go. */
async function share(cell: Cell, members: readonly Receiver[], most: number): Promise<void> {
  const settled = members.map(() => 0);
  const requested = members.map(() => 0);
  const step = Math.min(most, cell.traits.receiveLimit);
  await eventually(
    `${messages} deliveries in two members`,
    cell.subject.patienceMs,
    async () => {
      for (const [index, member] of members.entries()) {
        const have = member.deliveries.length;
        if (have === requested[index] && have < most) {
          const more = Math.min(step, most - have);
          requested[index] = have + more;
          member.inner.request(more);
        }
        await member.acknowledge(member.deliveries.slice(settled[index], have));
        settled[index] = have;
      }
      return members.reduce((sum, member) => sum + member.deliveries.length, 0) >= messages;
    },
    () => members.map((member) => member.deliveries.length).join(' and '),
  );
  for (const [index, member] of members.entries()) {
    await member.acknowledge(member.deliveries.slice(settled[index]));
  }
}
