import { calm } from '../../simulate/world/network.ts';
import { healthy } from '../../simulate/world/world.ts';
import { playLog } from '../models/log.ts';
import type { Claim } from '../../simulate/played.ts';
import { inLog, type Tune } from './in-log.ts';
import { type Mutant, shown, violated } from './mutant.ts';

const atLeastOnce: Claim = { level: 'at-least-once', promises: [] };
const perKey: Claim = { level: 'at-least-once', promises: ['per-key-order'] };
const perPartition: Claim = { level: 'at-least-once', promises: ['per-partition-order'] };
const realTime: Claim = { level: 'at-least-once', promises: ['real-time-order'] };

/** One partition, and fetches that hold several entries. */
const backlog: Tune = ({ log, producers }) => ({
  log: { ...log, partitions: 1, tellsPlaces: true },
  producers: producers.map((producer) => ({ ...producer, ordered: true, pauseMs: [0.5, 2] })),
  members: 1,
  batch: 6,
  processMs: [2, 4],
});
/** Readers are far behind. */
const behind: Tune = (options) => ({ ...backlog(options), groups: 1, batch: 1, processMs: [6, 9] });
/** The load lasts for two seconds. */
const lasting: Tune = ({ log, producers }) => ({
  log: { ...log, partitions: 1, tellsPlaces: true },
  producers: producers.map((producer) => ({ ...producer, perLane: 120, pauseMs: [15, 20] })),
  members: 1,
  recordsReads: true,
});

/** Defects of the order in which a log stores and hands out. */
export const orderMutants: readonly Mutant[] = [
  {
    id: 'M5',
    story: 'the broker hands out two neighbours of a lane the wrong way round',
    claim: perKey,
    expects: violated('O2'),
    play: inLog('swaps-in-lane', (options) => ({ ...backlog(options), groups: 1 })),
  },
  {
    id: 'M6',
    story: 'two sends of different lanes are stored the other way round, which is nobody’s concern',
    claim: perKey,
    expects: { as: 'pass' },
    play: inLog('stored-after-another', backlog),
  },
  {
    id: 'M7',
    story: 'a send is answered with the place of another message',
    claim: perPartition,
    expects: violated('O1'),
    play: inLog('answers-with-anothers-place', backlog),
  },
  {
    id: 'M26',
    story: 'a client reports a send as done that it dropped',
    claim: atLeastOnce,
    expects: violated('D1'),
    play: inLog('ok-for-dropped'),
  },
  {
    id: 'M31',
    story: 'a clock is stepped while the load lasts',
    claim: atLeastOnce,
    expects: { as: 'inconclusive' },
    play: inLog('clock-steps'),
  },
  {
    id: 'M52',
    story: 'the broker hands out two entries of a partition the wrong way round',
    claim: perPartition,
    expects: violated('O3'),
    play: inLog('swaps-lanes', (options) => ({ ...backlog(options), groups: 1 })),
  },
  {
    id: 'M53',
    story: 'one reader is not handed an entry that the other one gets',
    claim: perPartition,
    expects: violated('O4'),
    play: inLog('skips-entry', (options) => ({ ...backlog(options), groups: 2 })),
  },
  {
    id: 'M54',
    story: 'a send is stored below what its lane had stored before',
    claim: { level: 'at-least-once', promises: ['idempotent-produce'] },
    expects: violated('O5'),
    play: inLog('lane-stored-backwards', behind),
  },
  {
    id: 'M55',
    story: 'a send is stored below what others had stored before it began',
    claim: realTime,
    expects: violated('O6'),
    play: inLog('lanes-stored-backwards', (options) => ({
      ...behind(options),
      producers: options.producers.map((producer) => ({ ...producer, pauseMs: [40, 60] })),
      processMs: [70, 90],
    })),
  },
  {
    id: 'M56',
    story: 'a child of a split scope is read before its parent’s end',
    claim: perKey,
    expects: { as: 'warned', root: 'O10' },
    play: inLog('children-before-parent', (options) => ({
      ...backlog(options),
      log: { ...options.log, partitions: 1, tellsPlaces: true, entriesPerLedger: 0 },
      producers: options.producers.map((producer) => {
        return { ...producer, ordered: true, perLane: 40, pauseMs: [2, 5] };
      }),
      members: 3,
      batch: 1,
      processMs: [6, 9],
      isSplit: true,
    })),
  },
  {
    id: 'M57',
    story: 'two groups are handed two messages in different orders, without places to show it',
    claim: perPartition,
    expects: violated('O7'),
    play: inLog('swaps-lanes', (options) => ({
      ...backlog(options),
      groups: 2,
      isPlaceless: true,
    })),
  },
  {
    id: 'M58',
    story: 'the broker hands out a message that nobody sent',
    claim: atLeastOnce,
    expects: violated('D7'),
    play: inLog('invents-message'),
  },
  {
    id: 'M59',
    story: 'reads end at what was the end long ago',
    claim: realTime,
    expects: { as: 'warned', root: 'V6' },
    play: inLog('reads-lag', lasting),
  },
  {
    id: 'M60',
    story: 'a request is lost on its way, and its client does not send it again',
    claim: atLeastOnce,
    expects: shown('D12'),
    play: (seed, isHealthy) =>
      playLog(seed, healthy, (options) => ({
        ...options,
        producers: options.producers.map((producer) => ({ ...producer, retries: false })),
        producerWeather: isHealthy ? calm : { lostRequests: 60, lostAnswers: 0 },
        brokerCrash: 'never',
        troubles: { ...options.troubles, producerCrashes: 0 },
      })),
  },
];
