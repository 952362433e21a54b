import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import type { TargetChoice } from '../../../harness/plan/cell.ts';
import { expand } from '../../../harness/plan/expand.ts';
import { brokerCrash } from '../../../scenarios/broker-crash.ts';

const started = (provisioner: string) => ({ kind: 'started', provisioner, nodes: 1 }) as const;

/** A cell of an engine that says this of its targets. */
function cellOn(target: TargetChoice, said: Pick<Engine, 'light' | 'forgets'>) {
  const [cell] = expand({
    engines: [
      {
        engine: { ...log, ...said },
        module: 'file:///log.ts',
        reference: 'log',
        profiles: ['acks-all'],
        target,
      },
    ],
    scenarios: [brokerCrash],
    aims: [],
    rounds: 1,
    roundsOf: {},
    seed: 7,
    controls: false,
    deviations: [],
    day: '2026-11-30',
    program: 'ackmark',
    replayArguments: '',
    absentStores: {},
  });
  return cell;
}

describe('what an engine says of its targets', () => {
  it('light are those that are embedded, and those that it calls so', () => {
    expect(cellOn(started('embedded'), {})?.engine.isLight).toBe(true);
    expect(cellOn(started('local'), {})?.engine.isLight).toBe(false);
    expect(cellOn(started('local'), { light: ['local'] })?.engine.isLight).toBe(true);
    const elsewhere = { kind: 'external', url: 'log://elsewhere:1' } as const;
    expect(cellOn(elsewhere, { light: ['external'] })?.engine.isLight).toBe(false);
  });

  it('what is left after a crash is not asked of one that keeps nothing', () => {
    expect(cellOn(started('embedded'), {})?.support).toEqual({ is: 'supported' });
    expect(cellOn(started('embedded'), { forgets: ['embedded'] })?.support).toEqual({
      is: 'unsupported',
      reason: 'embedded keeps nothing when its process ends',
    });
  });
});
