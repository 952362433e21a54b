import { describe, expect, it } from 'vitest';
import { speedOf, stopwatch } from '../../../harness/cli/simulation-speed.ts';

describe('how fast a simulation went', () => {
  it('is told by CPU time and by the clock', () => {
    const said = speedOf({ steps: 30_000, messages: 600_000 }, { cpuSeconds: 0.5, seconds: 2 });
    expect(said).toBe(
      '60.0 k steps/s, 1200.0 k messages/s of CPU time; 15.0 k steps/s, 300.0 k messages/s by the clock',
    );
  });

  it('is not known where the clock did not move', () => {
    const said = speedOf({ steps: 1, messages: 0 }, { cpuSeconds: 0, seconds: 1 });
    expect(said).toMatch(/^\? k steps\/s, \? k messages\/s of CPU time; /);
  });

  it('begins with its stopwatch', () => {
    let [micros, nanos] = [7_000_000, 5_000_000_000n];
    const watch = stopwatch({ threadCpuMicros: () => micros, monotonic: () => nanos });
    [micros, nanos] = [7_250_000, 6_000_000_000n];
    expect(watch()).toEqual({ cpuSeconds: 0.25, seconds: 1 });
  });
});
