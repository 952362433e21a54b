import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../acceptance/run-in-process.ts';

describe('run --suite aws-fidelity', () => {
  it('asks kinesalite every clause of Kinesis: what deviates is known, and what is left open is so by the machine', async () => {
    const { exitCode, record, story } = await runInProcess(
      '--suite',
      'aws-fidelity',
      '--engine',
      'kinesis',
      '--target',
      'kinesalite',
    );
    const [asked] = record.fidelity;
    const target = asked?.targets[0];
    if (target?.status !== 'asked') throw new Error(story);
    expect(target.title).toMatch(/^kinesalite \d/);
    expect(target.answers.map(({ clause }) => clause)).toEqual(asked?.clauses.map(({ id }) => id));
    const isKnown = ({ verdict, deviation }: (typeof target.answers)[number]): boolean =>
      deviation?.shows === verdict;
    const unknown = target.answers.filter((one) => one.verdict === 'deviates' && !isKnown(one));
    expect(unknown, story).toEqual([]);
    const open = target.answers.filter((one) => one.verdict === 'inconclusive' && !isKnown(one));
    // The number of calls in a second, and looks in time, are the machine's affair: where it is too slow, a clause is open.
    const isSlowness = (clause: string, answer: string): boolean =>
      clause.startsWith('shard-') || answer.includes('the machine was too slow');
    expect(open.filter(({ clause, answer }) => !isSlowness(clause, answer))).toEqual([]);
    expect(open.length).toBeLessThan(target.answers.length / 2);
    expect(exitCode).toBe(open.length === 0 ? 0 : 2);
  }, 180_000);
});
