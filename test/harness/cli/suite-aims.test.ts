import { describe, expect, it } from 'vitest';
import { repeatProblems, suiteAims } from '../../../harness/cli/suite-aims.ts';
import { parseSuite } from '../../../harness/cli/suite-file.ts';

const twice = (second: string) =>
  parseSuite(
    [
      'engines: [log@acks-1, log@acks-all]',
      'scenarios:',
      '  - { id: leader-crash, engines: [log@acks-all], rounds: 5, messages: 20k }',
      `  - ${second}`,
    ].join('\n'),
    'own.yaml',
  );

describe('a scenario that a suite names twice', () => {
  it('is run as often as each says of its profiles, unless a flag is for all', () => {
    const document = twice('{ id: leader-crash, engines: [log@acks-1], rounds: 1 }');
    const rounds = (flag: number | undefined) =>
      suiteAims({ engine: undefined, rounds: flag }, document, []).map((aim) => [
        aim.profile,
        aim.rounds,
      ]);
    expect(rounds(undefined)).toEqual([
      ['acks-all', 5],
      ['acks-1', 1],
    ]);
    expect(rounds(2)).toEqual([
      ['acks-all', undefined],
      ['acks-1', undefined],
    ]);
    expect(repeatProblems(document)).toEqual([]);
  });

  it('is run as often as the suite says of all, by profiles of whose rounds it says nothing', () => {
    const rounds = (second: string) =>
      suiteAims({ engine: undefined, rounds: undefined }, twice(second), []).map(
        (aim) => aim.rounds,
      );
    expect(rounds('{ id: leader-crash, engines: [log@acks-1] }')).toEqual([5, 1]);
    expect(rounds('{ id: leader-crash, engines: [log@acks-1] }\nrounds: 2')).toEqual([5, 2]);
  });

  it.each([
    ['of every engine', '{ id: leader-crash, rounds: 2 }'],
    ['under another load', '{ id: leader-crash, engines: [log@acks-1], rate: 100 }'],
    ['with other consumers', '{ id: leader-crash, engines: [log@acks-1], consumers: 3 }'],
  ])('cannot be asked %s the second time', (_, second) => {
    expect(repeatProblems(twice(second))).toEqual([
      { place: 'own.yaml:4:5', what: expect.stringContaining('leader-crash is named twice') },
    ]);
  });
});
