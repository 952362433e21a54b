import { describe, expect, it } from 'vitest';
import { defaultFailOn } from '../../../harness/gate/gate.ts';
import { fidelityOutcome } from '../../../harness/gate/fidelity.ts';
import type {
  ClauseAnswerRecord,
  FidelityRecord,
} from '../../../harness/record/fidelity-schema.ts';

const known = {
  id: 'target-7',
  shows: 'deviates' as const,
  because: 'a bug',
  shownBy: 'a run',
  expires: '2027-01-01',
};

function answer(
  clause: string,
  verdict: ClauseAnswerRecord['verdict'],
  deviation: ClauseAnswerRecord['deviation'] = null,
): ClauseAnswerRecord {
  return { clause, verdict, request: 'Send', answer: 'done', deviation, tookNs: 1 };
}

function asked(...answers: readonly ClauseAnswerRecord[]): readonly FidelityRecord[] {
  const target = { status: 'asked', name: 't', kind: 't', title: 'T 1', replay: 'r' } as const;
  const targets = [{ ...target, answers: [...answers] }];
  return [{ engine: 'e', document: 'D', clauses: [], targets }];
}

const outcome = (records: readonly FidelityRecord[], failOn = defaultFailOn) =>
  fidelityOutcome(records, false, failOn);

describe('the exit code of a run that asked clause by clause', () => {
  it('is 0 where all is kept, not modelled or deviates as is known', () => {
    const deviation = { ...known, expired: false };
    const records = asked(
      answer('a', 'kept'),
      answer('b', 'not-modelled'),
      answer('c', 'deviates', deviation),
      answer('d', 'kept', deviation),
    );
    expect(outcome(records)).toEqual({
      exitCode: 0,
      reason:
        '2 clauses kept on 1 target; 1 deviate as known (XFAIL); 1 kept against a known deviation (XPASS); 1 not modelled',
    });
  });

  it('is 1 for a deviation that nobody knew of, and outranks missing evidence', () => {
    const records = asked(answer('a', 'deviates'), answer('b', 'inconclusive'));
    expect(outcome(records)).toEqual({ exitCode: 1, reason: 'e on t deviates from a' });
  });

  it('is 1 for a known deviation that has expired', () => {
    const { exitCode, reason } = outcome(
      asked(answer('a', 'deviates', { ...known, expired: true })),
    );
    expect(exitCode).toBe(1);
    expect(reason).toContain('target-7 expired on 2027-01-01');
  });

  it('is 2 for a clause whose evidence is missing', () => {
    const { exitCode } = outcome(asked(answer('a', 'kept'), answer('b', 'inconclusive')));
    expect(exitCode).toBe(2);
  });

  it('is 0 for a clause that is known to stay open, and 2 where it was to deviate', () => {
    const deviation = { ...known, expired: false };
    const open = answer('a', 'inconclusive', { ...deviation, shows: 'inconclusive' });
    expect(outcome(asked(answer('b', 'kept'), open)).exitCode).toBe(0);
    expect(outcome(asked(answer('a', 'inconclusive', deviation))).exitCode).toBe(2);
  });

  it('is 2 for what is not modelled where somebody asks for it', () => {
    const { exitCode } = outcome(asked(answer('a', 'not-modelled')), ['unsupported']);
    expect(exitCode).toBe(2);
  });

  it('lets deviations pass where --fail-on leaves them out, and says so', () => {
    const { exitCode, reason } = outcome(asked(answer('a', 'deviates')), ['inconclusive']);
    expect(exitCode).toBe(0);
    expect(reason).toContain('1 deviate, which --fail-on leaves out');
  });

  it('is that of the error of a target that could not be started', () => {
    const error = { code: 'FETCH_FAILED', message: 'no network', hint: '' };
    const [record] = asked(answer('a', 'kept'));
    const targets = [
      ...(record?.targets ?? []),
      { status: 'failed' as const, name: 'u', error, replay: 'r' },
    ];
    expect(outcome([{ engine: 'e', document: 'D', clauses: [], targets }])).toEqual({
      exitCode: 69,
      reason: 'e on u failed with FETCH_FAILED',
    });
  });

  it('is 2 where no target was asked, and 130 where somebody interrupted', () => {
    const targets = [{ status: 'unsupported' as const, name: 'u', reason: 'not there' }];
    const records = [{ engine: 'e', document: 'D', clauses: [], targets }];
    expect(outcome(records).exitCode).toBe(2);
    expect(fidelityOutcome(asked(answer('a', 'kept')), true, defaultFailOn).exitCode).toBe(130);
  });
});
