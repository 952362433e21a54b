import { describe, expect, it } from 'vitest';
import { simulation as broker } from '../../../engines/broker/simulation/simulation.ts';
import { simulation as log } from '../../../engines/log/simulation/simulation.ts';
import { simulation as queue } from '../../../engines/queue/simulation/simulation.ts';
import type { Simulation } from '../../../engines/simulation.ts';
import { playedBytes } from './played-bytes.ts';

const onThree = { log: log.onNodes?.(3), broker: broker.onNodes?.(3) };

const played: Readonly<Record<string, Simulation | undefined>> = {
  'the log': log,
  'the log with many messages at a time': log.inBatches?.(16),
  'the log on three nodes': onThree.log,
  'the log on three nodes with many messages at a time': onThree.log?.inBatches?.(16),
  'the queue': queue,
  'the broker': broker,
  'the broker on three nodes': onThree.broker,
};

describe.each(Object.entries(played))('a seed of %s in the simulator', (_, simulation) => {
  it('is one history, byte for byte, and another seed another', () => {
    if (simulation === undefined) throw new Error('it cannot be played so');
    const seeds = [1, 2, 3, 7, 42];
    const first = seeds.map((seed) => playedBytes(simulation, seed).toString('base64'));
    const again = seeds.map((seed) => playedBytes(simulation, seed).toString('base64'));
    expect(first.map((bytes, at) => bytes === again[at])).toEqual(seeds.map(() => true));
    expect(new Set(first).size).toBe(seeds.length);
  });
});
