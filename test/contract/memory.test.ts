import type { Target } from '../../engines/engine.ts';
import memory from './fixtures/memory/engine.ts';
import { contractSuite } from './suite.ts';

const target: Target = {
  kind: 'embedded',
  title: 'reference engine in memory',
  address: 'memory.test',
  nodes: 1,
  settings: {},
};

for (const profile of Object.keys(memory.profiles)) {
  contractSuite(`the reference engine as ${profile}`, {
    engine: memory,
    module: new URL('./fixtures/memory/engine.ts', import.meta.url),
    profile,
    target: async () => ({ target, down: () => Promise.resolve() }),
    patienceMs: 5_000,
    quietMs: 60,
  });
}
