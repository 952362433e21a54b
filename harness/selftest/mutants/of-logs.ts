import { healthy } from '../../simulate/world/world.ts';
import type { Claim } from '../../simulate/played.ts';
import { inLog, type Tune } from './in-log.ts';
import { type Mutant, violated } from './mutant.ts';

const atLeastOnce: Claim = { level: 'at-least-once', promises: [] };
const idempotent: Claim = { level: 'at-least-once', promises: ['idempotent-produce'] };
const exactlyOnce: Claim = { level: 'exactly-once', promises: [] };

const unretried: Tune = ({ producers }) => ({
  producers: producers.map((producer) => ({ ...producer, retries: false })),
});
const lossy: Tune = ({ log }) => ({
  log: { ...log, tellsPlaces: true },
  producerWeather: { lostRequests: 0, lostAnswers: 60 },
});

export const logMutants: readonly Mutant[] = [
  {
    id: 'M1',
    story: 'the broker drops an entry that it had acknowledged',
    claim: atLeastOnce,
    expects: violated('D1'),
    play: inLog('drops-acknowledged'),
  },
  {
    id: 'M2',
    story: 'a crash takes the last entries with it, acknowledged as they are',
    claim: atLeastOnce,
    expects: violated('D1'),
    play: inLog('crash-cuts-durable-tail', () => ({
      brokerCrash: 'at the end of a lane',
      groups: 1,
      // What was read by then would not be lost.
      members: 1,
      batch: 1,
      processMs: [3, 6],
    })),
  },
  {
    id: 'M3',
    story: 'the broker stores one send twice',
    claim: idempotent,
    expects: violated('D4'),
    play: inLog('stores-twice'),
  },
  {
    id: 'M11',
    story: 'a consumer commits what it has not read, and dies',
    claim: atLeastOnce,
    expects: violated('G1'),
    play: inLog('commits-ahead', ({ log }) => ({
      log: { ...log, tellsPlaces: true },
      batch: 1,
      members: 2,
    })),
  },
  {
    id: 'M13',
    story: 'the broker never syncs, and loses power',
    claim: atLeastOnce,
    expects: violated('D1'),
    play: inLog('never-syncs', () => ({
      brokerCrash: 'in the middle',
      groups: 1,
      // What was read by then would not be lost.
      members: 1,
      batch: 1,
      processMs: [3, 6],
    })),
  },
  {
    id: 'M14',
    story: 'the broker answers before it has synced, and loses power',
    claim: atLeastOnce,
    expects: violated('D1'),
    play: inLog('answers-before-sync', ({ log }) => ({
      log: { ...log, syncMs: 3 },
      brokerCrash: 'in the middle',
    })),
  },
  {
    id: 'M15',
    story: 'the broker has forgotten a message when its retry comes',
    claim: idempotent,
    expects: violated('D4'),
    play: inLog('forgets-what-was-sent', lossy),
  },
  {
    id: 'M23',
    story: 'the tail that everybody had read is gone from the log',
    claim: atLeastOnce,
    expects: violated('D3'),
    play: inLog('tail-gone-after-all', () => ({ readBack: true })),
  },
  {
    id: 'M24',
    story: 'one node lacks the tail that the other has',
    claim: atLeastOnce,
    expects: violated('D2'),
    play: inLog('node-lacks-tail', () => ({ replicas: 2 })),
  },
  {
    id: 'M25',
    story: 'a client reports as failed what was applied',
    claim: { level: 'at-most-once', promises: [] },
    expects: violated('D8'),
    also: ['L5'],
    play: inLog('applied-reported-as-failed', unretried),
  },
  {
    id: 'M27',
    story: 'the generator gives an id to two messages',
    claim: idempotent,
    expects: violated('D4'),
    play: inLog('id-reused', ({ log }) => ({ log: { ...log, idempotent: false } })),
  },
  {
    id: 'M29',
    story: 'the fault that was planned never came',
    claim: atLeastOnce,
    expects: { as: 'inconclusive' },
    play: inLog('fault-never-bites', () => ({ brokerCrash: 'in the middle' })),
  },
  {
    id: 'M30',
    story: 'a client reports as failed what timed out',
    claim: { level: 'at-most-once', promises: [] },
    expects: violated('D8'),
    play: inLog('timeouts-reported-as-failed', (options) => ({
      ...unretried(options),
      producerWeather: { lostRequests: 0, lostAnswers: 60 },
    })),
  },
  {
    id: 'M28',
    story: 'the checker is given an empty history',
    claim: atLeastOnce,
    expects: { as: 'inconclusive' },
    play: (seed, isHealthy) => {
      const history = inLog(healthy)(seed, true);
      return isHealthy ? history : { ...history, events: [] };
    },
  },
  {
    id: 'M33',
    story: 'the sink says that it has an effect, and has not',
    claim: exactlyOnce,
    expects: violated('E1'),
    play: inLog('effect-lost', () => ({ sink: true })),
  },
  {
    id: 'M34',
    story: 'the sink applies an effect a second time',
    claim: exactlyOnce,
    expects: violated('E2'),
    play: inLog('effect-applied-twice', () => ({
      sink: true,
      consumerWeather: { lostRequests: 0, lostAnswers: 60 },
    })),
  },
  {
    id: 'M34 late',
    story: 'the sink applies an effect again after it has been read back',
    claim: exactlyOnce,
    expects: violated('E2'),
    play: inLog('effect-after-reading-back', () => ({ sink: true })),
  },
  {
    id: 'M34 cut off',
    story: 'the sink holds an effect twice, and the reading back of it has no end',
    claim: exactlyOnce,
    expects: violated('E2'),
    play: inLog('reading-of-two-has-no-end', () => ({ sink: true })),
  },
  {
    id: 'M35',
    story: 'the sink holds an effect that no input had',
    claim: exactlyOnce,
    expects: violated('E3'),
    play: inLog('effect-invented', () => ({ sink: true })),
  },
];
