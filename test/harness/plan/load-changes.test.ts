import { describe, expect, it } from 'vitest';
import { changedScenario, unfitLoad } from '../../../harness/plan/load-changes.ts';
import { fintechShort } from '../../../scenarios/fintech/exercise.ts';
import { requestReply, roundTrips } from '../../../scenarios/textbook/request-reply.ts';

describe('the stages of a scenario itself', () => {
  it('stay where neither a rate nor a number of messages is asked for', () => {
    const { scenario, problems } = changedScenario(roundTrips, { keys: 8 });
    expect(problems).toEqual([]);
    expect(scenario.workload.load).toEqual(roundTrips.workload.load);
  });

  it.each([{ ratePerSecond: 50 }, { messages: 50_000 }])('give way to %j', (changes) => {
    const { scenario, problems } = changedScenario(roundTrips, changes);
    expect(problems).toEqual([]);
    expect(scenario.workload.load).toMatchObject({ arrivals: { kind: 'constant' }, ...changes });
  });
});

describe('a requester', () => {
  it.each([{ producers: 2 }, { consumers: 2 }])('is one, and not several: %j', (changes) => {
    expect(unfitLoad(requestReply)).toEqual([]);
    expect(unfitLoad(changedScenario(requestReply, changes).scenario)).toEqual([
      { options: ['producers', 'consumers'], what: expect.stringContaining('requester') },
    ]);
  });
});

describe('users with names', () => {
  it.each([
    [{ keys: 10 }, ['keys', 'partitions']],
    [{ keyChoice: { kind: 'zipf', exponent: 1.1 } }, ['skew']],
  ] as const)('have lanes that partitions share alike, and no skew: %j', (changes, options) => {
    expect(unfitLoad(fintechShort)).toEqual([]);
    expect(unfitLoad(changedScenario(fintechShort, { keys: 64 }).scenario)).toEqual([]);
    expect(unfitLoad(changedScenario(fintechShort, changes).scenario)).toMatchObject([{ options }]);
  });
});
