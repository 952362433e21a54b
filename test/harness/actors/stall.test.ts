/**
 * The golden test of response time, and the only test that measures durations: an engine that freezes for
 * S seconds under R messages per second must show in the response quantiles exactly as the timetable
 * says, and not in the service quantiles. What the freeze really lasted is the engine's own measurement.
 * The freezes are long, so that the hundredth part that is allowed is more than a busy scheduler takes.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { constantTimetable } from '../../../harness/actors/timetable.ts';
import { clearStage, playProducer, producerSpec } from './stage.ts';

afterAll(clearStage);

const nullEngine = new URL('../../../engines/null/engine.ts', import.meta.url).href;

/** Response times by the timetable alone: who was due during the freeze waits for its end. */
function analytic(load: Stall, startNs: number, fromNs: number, untilNs: number): number[] {
  const timetable = constantTimetable(load.ratePerSecond, load.messages);
  return Array.from({ length: load.messages }, (_, k) => {
    const dueNs = startNs + timetable.timeNs(k);
    return dueNs >= fromNs && dueNs < untilNs ? untilNs - dueNs : 0;
  }).sort((a, b) => a - b);
}

interface Stall {
  readonly forMs: number;
  readonly ratePerSecond: number;
  readonly messages: number;
}

async function stalled(stall: Stall, how: 'block' | 'push-back') {
  const measured = new SharedArrayBuffer(16);
  const freeze = { atMs: 400, forMs: stall.forMs, how, measured };
  const { ratePerSecond, messages } = stall;
  const spec = producerSpec(
    {},
    {
      engineModule: nullEngine,
      engineOptions: { freeze },
      load: { kind: 'open', ratePerSecond, messages, warmupMessages: 0, late: 'catch-up' },
      batchMessages: 50,
      payloadBytes: 64,
    },
  );
  const { report, events } = await playProducer(spec);
  const [fromNs = 0, untilNs = 0] = new Float64Array(measured);
  const startNs = events.find((event) => event.auxNs >= 0)?.auxNs ?? 0;
  return {
    report,
    expected: analytic(stall, startNs, fromNs, untilNs),
    frozenNs: untilNs - fromNs,
  };
}

/**
 * As for any timed cell, a run in which the generator itself was held up says nothing about the engine.
 * That is decided by its lateness and service times alone, before the figures under test are looked at.
 * Without a single quiet run the test is skipped and says so: inconclusive is neither pass nor failure.
 */
async function undisturbed(stall: Stall, how: 'block' | 'push-back') {
  const seen: string[] = [];
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const run = await stalled(stall, how);
    const { lateness, publishService } = run.report;
    const heldUpNs = lateness.p99Ns + publishService.p99Ns;
    // The maximum is under test too, and one late waking at the freeze's end is all of it.
    if (heldUpNs < 0.003 * run.frozenNs && lateness.maxNs < 0.005 * run.frozenNs) return run;
    seen.push(`${(heldUpNs / 1e6).toFixed(1)} ms, at most ${(lateness.maxNs / 1e6).toFixed(1)} ms`);
  }
  return `the machine held the generator up in every run, by ${seen.join(', ')}`;
}

function within1Percent(gotNs: number, expectedNs: number): void {
  expect(Math.abs(gotNs - expectedNs) / expectedNs).toBeLessThan(0.01);
}

describe.each([
  { forMs: 1_500, ratePerSecond: 2_000, messages: 4_200 },
  { forMs: 2_000, ratePerSecond: 5_000, messages: 13_000 },
  { forMs: 3_000, ratePerSecond: 1_000, messages: 3_600 },
])('an engine that freezes $forMs ms at $ratePerSecond messages per second', (stall) => {
  it.for(['block', 'push-back'] as const)(
    'shows its analytic p99 and maximum in the response, and nothing in the service p99 (%s)',
    { timeout: 120_000 },
    async (how, { skip }) => {
      const run = await undisturbed(stall, how);
      if (typeof run === 'string') {
        skip(run);
        return;
      }
      const { report, expected, frozenNs } = run;
      expect(frozenNs).toBeGreaterThanOrEqual(stall.forMs * 0.99e6);
      expect(report.publishResponse.count).toBe(stall.messages);
      const p99 = expected[Math.ceil(0.99 * stall.messages) - 1] ?? 0;
      within1Percent(report.publishResponse.p99Ns, p99);
      within1Percent(report.publishResponse.maxNs, expected.at(-1) ?? 0);
      expect(report.publishService.p99Ns).toBeLessThan(0.05 * frozenNs);
      // The wait is charged to the client that caused it, not to the generator.
      within1Percent(report.clientBlocked.maxNs, frozenNs);
      expect(report.lateness.p50Ns).toBeLessThan(0.05 * frozenNs);
    },
  );
});
