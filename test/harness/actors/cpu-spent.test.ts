import { describe, expect, it } from 'vitest';
import { CpuSpent } from '../../../harness/actors/cpu-spent.ts';

describe('the CPU time of a load', () => {
  it('is that since its start, and of it that since the first message that counts', () => {
    let nowMicros = 100;
    const spent = new CpuSpent(() => nowMicros);
    spent.start();
    nowMicros = 150;
    spent.warm();
    nowMicros = 180;
    spent.warm();
    nowMicros = 400;
    expect(spent.finish()).toEqual({ cpuMicros: 300, measuredCpuMicros: 250 });
  });

  it('has no measured part where nothing counted', () => {
    let nowMicros = 5;
    const spent = new CpuSpent(() => nowMicros);
    spent.start();
    nowMicros = 25;
    expect(spent.finish()).toEqual({ cpuMicros: 20, measuredCpuMicros: 0 });
  });
});
