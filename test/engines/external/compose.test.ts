import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { catalog } from '../../../engines/catalog.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

const compose = z.strictObject({
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string(),
      ports: z.array(z.string()),
      environment: z.record(z.string(), z.string()).optional(),
      command: z.array(z.string()).optional(),
      healthcheck: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

describe('docs/compose.yaml', () => {
  const { services } = compose.parse(parse(read('compose.yaml')));
  const commands = read('external.md').split('## With Docker')[1] ?? '';

  it('has a service for each engine that the commands beside it name, at the port that they name', async () => {
    const runs = [...commands.matchAll(/--engine (\w+)@([\w-]+) .*--target (\S+)/g)];
    expect(runs.map(([, id]) => id)).toEqual(Object.keys(services));
    for (const [, id = '', profile = '', url = ''] of runs) {
      const engine = (await catalog.find((entry) => entry.id === id)?.load())?.default;
      expect(Object.keys(engine?.profiles ?? {})).toContain(profile);
      const address = engine?.external?.(url, {}).address ?? '';
      expect(services[id]?.ports[0]?.startsWith(`${address}:`), `${id} at ${address}`).toBe(true);
    }
  });

  it('tells Kafka’s clients the address of the command, and nobody a password of its own', () => {
    expect(services['kafka']?.environment?.['KAFKA_ADVERTISED_LISTENERS']).toBe(
      'PLAINTEXT://127.0.0.1:9092',
    );
    const text = JSON.stringify(services);
    expect(text.match(/\$\{BROKER_PASSWORD:\?[^}]*\}/g)).toHaveLength(2);
    expect(services['rabbitmq']?.environment?.['RABBITMQ_DEFAULT_USER']).toBe('bench');
    expect(services['nats']?.command).toContain('bench');
  });
});
