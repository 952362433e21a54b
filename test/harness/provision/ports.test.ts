import { createServer } from 'node:net';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { createPortSource } from '../../../harness/provision/ports.ts';

describe('a source of ports', () => {
  it('gives none that the kernel could give to an outgoing connection, and none twice', async () => {
    const source = createPortSource({ from: process.pid });
    const ports = [];
    for (let count = 0; count < 40; count += 1) ports.push(await source());
    expect(new Set(ports).size).toBe(40);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...ports)).toBeLessThan(32_000);
  });

  it('passes over one that somebody has', async () => {
    const taken = await createPortSource({ from: process.pid + 7_000 })();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(taken, '127.0.0.1', resolve);
    });
    expect(await createPortSource({ from: process.pid + 7_000 })()).not.toBe(taken);
    server.close();
  });

  it('looks elsewhere than another does', async () => {
    const [one, other] = [createPortSource({ from: 100 }), createPortSource({ from: 101 })];
    expect(Math.abs((await one()) - (await other()))).toBeGreaterThan(30);
  });
});
