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

it('counts what interrupted fetches have left, with one command, and does not call it fetched', async () => {
  const host = fakeHost(['doctor']);
  const cache = join(host.directory, 'cache');
  for (const name of ['.moto-5.2.5-fetch-a1', '.moto-5.2.5-fetch-b2', 'broker-1.0'])
    mkdirSync(join(cache, name), { recursive: true });
  await main(host);
  expect(host.out()).toMatch(/fetched: broker-1\.0$/m);
  expect(host.out()).toMatch(/2 directories of fetches that are unfinished/);
  expect(host.out()).toContain(`rm -rf ${cache}/.*-fetch-*`);
});

it('has a word on every engine, on other targets of theirs, and on networks for nodes', async () => {
  const host = fakeHost(['doctor']);
  await main(host);
  expect(host.out()).toMatch(/sqs: fauxqs, with nothing but npm install/);
  expect(host.out()).toMatch(/kinesis --target moto: python3/);
  expect(host.out()).toMatch(/pulsar: mvn/);
  expect(host.out()).toMatch(/redpanda: not started here, --target redpanda:\/\/host:port/);
  expect(host.out()).toMatch(/network namespaces: /);
});
