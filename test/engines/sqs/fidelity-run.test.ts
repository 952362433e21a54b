import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../acceptance/run-in-process.ts';

describe('run --suite aws-fidelity', () => {
  it('asks fauxqs every clause of SQS: what deviates is known, and what is left open is so by the machine', async () => {
    const { exitCode, record, story } = await runInProcess(
      '--suite',
      'aws-fidelity',
      '--engine',
      'sqs',
      '--target',
      'fauxqs',
    );
    const [asked] = record.fidelity;
    const target = asked?.targets[0];
    if (target?.status !== 'asked') throw new Error(story);
    expect(target.title).toMatch(/^fauxqs \d/);
    expect(target.answers.map(({ clause }) => clause)).toEqual(asked?.clauses.map(({ id }) => id));
    const states = target.answers.flatMap(({ clause, verdict, deviation }) =>
      (verdict === 'deviates') === (deviation !== null) ? [] : [`${clause}: ${verdict}`],
    );
    expect(states, story).toEqual([]);
    // The number of calls in a second, and looks in time, are the machine's affair: where it is too slow, a clause is open.
    const open = target.answers.filter(({ verdict }) => verdict === 'inconclusive');
    const isSlowness = (clause: string, answer: string): boolean =>
      clause === 'fifo-calls' || answer.includes('the machine was too slow');
    expect(open.filter(({ clause, answer }) => !isSlowness(clause, answer))).toEqual([]);
    expect(open.length).toBeLessThan(target.answers.length / 2);
    expect(exitCode).toBe(open.length === 0 ? 0 : 2);
  }, 180_000);
});
