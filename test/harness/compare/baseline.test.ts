import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginBaseline,
  confirmationsNeeded,
  stepBaseline,
  whyNoBaseline,
} from '../../../harness/compare/baseline.ts';
import { fingerprintOf } from '../../../harness/compare/testbed.ts';
import { randomFrom } from '../../../harness/core/random.ts';
import { baseline as schema } from '../../../harness/record/baseline-schema.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { timedRounds } from './timed-run.ts';

const kept = { exitCode: 0, reason: 'all kept' } as const;

function run(id: string, factor = 1, more: Partial<RunRecord> = {}): RunRecord {
  const random = randomFrom(id.length * 7 + (id.codePointAt(0) ?? 0));
  const rounds = timedRounds(5, () => ({
    clientCpuMicrosPerMessage: 6 * factor * (1 + 0.01 * random.unit()),
  }));
  return runOf(rounds, { id, outcome: kept, ...more });
}

/** What can become of a run, each with whether it speaks for a new baseline. */
const kinds = {
  good: { make: (id: string) => run(id), confirms: true },
  regressed: { make: (id: string) => run(id, 1.3), confirms: false },
  broken: {
    make: (id: string) => run(id, 1, { outcome: { exitCode: 1, reason: 'D1 is broken' } }),
    confirms: false,
  },
  missed: {
    make: (id: string) => run(id, 1, { outcome: { exitCode: 3, reason: 'p99 < 1 ms' } }),
    confirms: false,
  },
  interrupted: { make: (id: string) => run(id, 1, { interrupted: true }), confirms: false },
  invalid: {
    make: (id: string) =>
      runOf(
        timedRounds(5, () => ({}), 'acks-1', { invalid: ['it was late'] }),
        {
          id,
          outcome: kept,
        },
      ),
    confirms: false,
  },
  elsewhere: {
    make: (id: string) => {
      const record = run(id);
      return { ...record, host: { ...record.host, cores: 64 } };
    },
    confirms: false,
  },
} as const;
type Kind = keyof typeof kinds;

describe('a baseline', () => {
  it('is begun by a run that kept everything and has enough valid rounds, and by no other', () => {
    expect(whyNoBaseline(run('a'))).toBeUndefined();
    for (const kind of ['broken', 'missed', 'interrupted', 'invalid'] as const) {
      expect(whyNoBaseline(kinds[kind].make('a')), kind).toBeTypeOf('string');
    }
  });

  it('is taken over by the second good run in a row, and not by the first', () => {
    const begun = beginBaseline('main', run('a'), 'monday');
    const first = stepBaseline(begun, run('bb'), 'tuesday');
    expect([first.is, first.baseline.record.id]).toEqual(['confirmed', 'a']);
    const second = stepBaseline(first.baseline, run('ccc'), 'wednesday');
    expect([second.is, second.baseline.record.id]).toEqual(['advanced', 'ccc']);
    expect(second.baseline).toMatchObject({ savedAt: 'wednesday', advances: 1, confirmations: [] });
  });

  it('forgets a confirmation when the next run regressed, and says why', () => {
    const begun = beginBaseline('main', run('a'), 'monday');
    const first = stepBaseline(begun, run('bb'), 'tuesday');
    const second = stepBaseline(first.baseline, run('ccc', 1.3), 'wednesday');
    expect([second.is, second.baseline.record.id]).toEqual(['reset', 'a']);
    expect(second.baseline.confirmations).toEqual([]);
    expect(second.reason).toContain('client-cpu of log@acks-1 in steady regressed');
  });

  it('is not confirmed twice by one run, nor by the run that it is', () => {
    const begun = beginBaseline('main', run('a'), 'monday');
    expect(stepBaseline(begun, run('a'), 'tuesday').is).toBe('known');
    const first = stepBaseline(begun, run('bb'), 'tuesday');
    expect(stepBaseline(first.baseline, run('bb'), 'wednesday').is).toBe('known');
  });

  it('has the testbed in its key, and survives JSON', () => {
    const one = beginBaseline('main', run('a'), 'monday');
    const other = beginBaseline('main', kinds.elsewhere.make('a'), 'monday');
    expect(one.fingerprint).toBe(fingerprintOf(run('b').host));
    expect(other.fingerprint).not.toBe(one.fingerprint);
    expect(schema.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
  });

  it('advances exactly after so many good runs in a row, whatever came in between', () => {
    const anyKinds = fc.array(fc.constantFrom<Kind>(...(Object.keys(kinds) as Kind[])), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(anyKinds, (sequence) => {
        let state = beginBaseline('main', run('a'), 'at');
        let inRow = 0;
        let expected = 'a';
        for (const [at, kind] of sequence.entries()) {
          const id = 'b'.repeat(at + 2);
          inRow = kinds[kind].confirms ? inRow + 1 : 0;
          state = stepBaseline(state, kinds[kind].make(id), 'at').baseline;
          if (inRow === confirmationsNeeded) {
            expected = id;
            inRow = 0;
          }
          expect(state.record.id).toBe(expected);
        }
      }),
      { numRuns: 25 },
    );
  });
});
