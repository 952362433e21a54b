import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

it('names the brokers that were fetched, and nothing else that the cache holds', async () => {
  const host = fakeHost(['doctor']);
  const cache = join(host.directory, 'cache');
  for (const name of ['running', 'up', 'broker-1.0'])
    mkdirSync(join(cache, name), { recursive: true });
  writeFileSync(join(cache, 'selftest.json'), '{}');
  await main(host);
  expect(host.out()).toMatch(/fetched: broker-1\.0$/m);
});
