import { describe, expect, it } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import { aimAtInFlight, aimAtUnsynced } from '../../../harness/run/aim.ts';
import type { Stage } from '../../../harness/run/stage.ts';

/** A node whose disk shows these amounts one after the other, the last one for good. */
function nodeWith(amounts: readonly number[]): { node: BrokerNode; looks: () => number } {
  let looks = 0;
  const unsyncedBytes = (): number => amounts[Math.min(looks++, amounts.length - 1)] ?? 0;
  return { node: { unsyncedBytes } as Partial<BrokerNode> as BrokerNode, looks: () => looks };
}

const signal = new AbortController().signal;

/** What aiming needs of a stage where so many must be in flight. */
function stageThatWants(minimumInFlightAtFault: number): Stage {
  const clock = { nowNs: () => Math.round(performance.now() * 1e6) };
  const cell = { scenario: { guards: { minimumInFlightAtFault } } };
  return { cell, environment: { clock, signal } } as unknown as Stage;
}

describe('aiming at sends in flight', () => {
  it('tells what it saw when it decided to strike, though all is answered a moment later', async () => {
    const amounts = [0, 3, 55];
    const inFlight = (): number => amounts.shift() ?? 0;
    await expect(aimAtInFlight(stageThatWants(10), inFlight)).resolves.toBe(55);
  });

  it('takes what there is where there is never enough', async () => {
    await expect(aimAtInFlight(stageThatWants(10), () => 4, 20)).resolves.toBe(4);
  });
});

describe('aiming a power loss', () => {
  it('lets a sync pass and strikes when data has gathered after it', async () => {
    const { node, looks } = nodeWith([200_000, 300_000, 0, 10_000, 70_000, 80_000]);
    await aimAtUnsynced(node, signal, 20_000);
    expect(looks()).toBe(5);
  });

  it('does not wait for good for a sync that never comes', async () => {
    const { node, looks } = nodeWith([100_000, 200_000]);
    await aimAtUnsynced(node, signal, 20);
    expect(looks()).toBeGreaterThan(0);
  });

  it('does not wait for good where every byte is synced at once', async () => {
    const { node, looks } = nodeWith([500, 0, 500, 0]);
    await aimAtUnsynced(node, signal, 20);
    expect(looks()).toBeGreaterThan(0);
  });

  it('strikes at any instant where nobody can tell what is synced', async () => {
    await expect(aimAtUnsynced({} as BrokerNode, signal)).resolves.toBeUndefined();
  });
});
