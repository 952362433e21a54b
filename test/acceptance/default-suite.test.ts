import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  cellOf,
  countOf,
  type FinishedRun,
  runInProcess,
  saysOneReplica,
} from './run-in-process.ts';

const lossChecks = ['D1', 'D10', 'D12'] as const;

describe('the default suite on the embedded engines', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runInProcess('--seed', '11', '--quiet');
  }, 300_000);

  it('keeps every claim, and leaves a report', () => {
    expect(run.exitCode, run.story).toBe(0);
    expect(existsSync(join(run.directory, 'report.html'))).toBe(true);
  });

  it('shows what fire-and-forget and delete-on-receive lose, as nobody’s broken promise', () => {
    expect(countOf(run, 'log@acks-0/broker-crash', 'D12')).toBeGreaterThan(0);
    const lost = lossChecks.map((check) =>
      countOf(run, 'queue@delete-on-receive/consumer-crash', check),
    );
    expect(Math.max(...lost)).toBeGreaterThan(0);
    for (const id of ['log@acks-0/broker-crash', 'queue@delete-on-receive/consumer-crash']) {
      expect(cellOf(run, id).verdict).toBe('pass');
    }
  });

  it.each(['log@acks-all', 'queue@lease', 'broker@manual-ack'])(
    'shows no acknowledged loss at %s',
    (profile) => {
      for (const scenario of ['steady', 'consumer-crash', 'broker-crash', 'lost-response']) {
        expect(countOf(run, `${profile}/${scenario}`, 'D1')).toBe(0);
        expect(countOf(run, `${profile}/${scenario}`, 'D10')).toBe(0);
      }
    },
  );

  it('shows on three nodes that what the leader alone acknowledged dies with it', () => {
    expect(countOf(run, 'log@acks-1/leader-crash', 'D1'), run.story).toBeGreaterThan(0);
    expect(cellOf(run, 'log@acks-1/leader-crash').claimed).toBe(false);
    for (const profile of ['log@acks-all', 'broker@quorum']) {
      expect(countOf(run, `${profile}/leader-crash`, 'D1')).toBe(0);
      expect(cellOf(run, `${profile}/leader-crash`).claimed).toBe(true);
    }
  });

  it('shows that a lost answer duplicates without idempotence, and not with it', () => {
    expect(countOf(run, 'log@acks-all/lost-response', 'D4')).toBeGreaterThan(0);
    expect(countOf(run, 'log@idempotent/lost-response', 'D4')).toBe(0);
  });

  it('has evidence for every fault, and something in flight when it struck', () => {
    for (const cell of run.record.cells) {
      if (cell.status !== 'judged') continue;
      for (const fault of cell.faults) {
        expect(fault.bit, `${cell.id} ${fault.kind}`).toBe(true);
        expect(fault.evidence.length).toBeGreaterThan(0);
        if (fault.inFlight !== null) expect(fault.inFlight).toBeGreaterThan(0);
      }
    }
  });

  it('finds every planted defect, so that its passes mean something', () => {
    const planted = run.record.controls.filter(({ control }) => control.startsWith('planted'));
    expect(planted.length).toBeGreaterThan(0);
    expect(planted.filter(({ outcome }) => outcome !== 'shown')).toEqual([]);
  });

  it('holds the pair of every scenario on at least one engine', () => {
    for (const scenario of new Set(run.record.controls.map((control) => control.scenario))) {
      const outcomes = run.record.controls.filter((control) => control.scenario === scenario);
      expect(
        outcomes.some(({ outcome }) => outcome === 'shown'),
        `no control of ${scenario} showed its anomaly`,
      ).toBe(true);
    }
  });

  it('says on one node that acks-all has one replica', () => {
    expect(cellOf(run, 'log@acks-all/steady').effective).toSatisfy(saysOneReplica);
  });
});
