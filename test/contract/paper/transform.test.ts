import { expect, test } from 'vitest';
import type { ContractSubject } from '../../../engines/contract/contract.ts';
import type { Engine } from '../../../engines/engine.ts';
import { withDefect } from '../fixtures/defect.ts';
import memory from '../fixtures/memory/engine.ts';
import { transformExactlyOnce } from './transform.ts';

const subject = (engine: Engine, prefix: string): ContractSubject => ({
  engine,
  module: new URL('../fixtures/memory/engine.ts', import.meta.url),
  profile: 'log',
  target: { kind: 'embedded', title: 'memory', address: prefix, nodes: 1, settings: {} },
  prefix,
  patienceMs: 2_000,
  quietMs: 50,
});

test('consume-transform-produce is exactly once on the reference log', async () => {
  await expect(transformExactlyOnce(subject(memory, 'transform'))).resolves.toBeUndefined();
});

test('offsets that do not move with the commit are noticed', async () => {
  const flawed = withDefect<unknown>(memory, {
    producer: (good) => ({
      begin: async () => {
        const transaction = await good.begin?.();
        if (transaction === undefined) throw new Error('no transaction');
        return Object.assign(transaction, { include: async () => 'ok' as const });
      },
    }),
  });
  await expect(transformExactlyOnce(subject(flawed, 'flawed'))).rejects.toThrow(
    /output|deliveries/,
  );
});
