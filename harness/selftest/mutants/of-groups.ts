import type { Claim } from '../../simulate/played.ts';
import { untroubled } from '../models/troubles.ts';
import { inLog, type Tune } from './in-log.ts';
import { type Mutant, violated } from './mutant.ts';

const atLeastOnce: Claim = { level: 'at-least-once', promises: [] };
const exactlyOnce: Claim = { level: 'exactly-once', promises: [] };

/** Members come and go while there is always something to read. */
const moving: Tune = ({ log, producers }) => ({
  log: { ...log, partitions: 2, tellsPlaces: true },
  producers: producers.map((producer) => ({ ...producer, perLane: 40, pauseMs: [3, 6] })),
  groups: 2,
  members: 2,
  hasty: 0,
  troubles: { ...untroubled, closes: 3 },
});
const lasting: Tune = (options) => ({
  ...moving(options),
  producers: options.producers.map((producer) => ({
    ...producer,
    perLane: 200,
    pauseMs: [15, 20],
  })),
});
const alone: Tune = ({ log }) => ({
  log: { ...log, partitions: 1, tellsPlaces: true },
  members: 1,
  groups: 2,
});

/** Defects of a group of consumers, and of what stands still. */
export const groupMutants: readonly Mutant[] = [
  {
    id: 'M32',
    story: 'a group is not handed out the last of its messages for a long time',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'L2' },
    play: inLog('group-stuck', alone),
  },
  {
    id: 'M61',
    story:
      'a new member begins behind an entry that its group has not had, and nobody writes down who owns what',
    claim: atLeastOnce,
    expects: violated('G2'),
    play: inLog('starts-too-late', (options) => ({
      ...moving(options),
      members: 1,
      processMs: [0.1, 0.2],
      troubles: { ...untroubled, closes: 1 },
      recordsAssignments: false,
    })),
  },
  {
    id: 'M62',
    story: 'a member is handed an entry from below its committed start',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'G3' },
    play: inLog('serves-below-committed', moving),
  },
  {
    id: 'M63',
    story: 'a commit is accepted from a member that was taken for dead',
    claim: exactlyOnce,
    expects: violated('G4'),
    play: inLog('zombie-commit-accepted', (options) => ({
      ...moving(options),
      producers: options.producers.map((producer) => ({ ...producer, pauseMs: [1, 3] })),
      batch: 3,
      processMs: [4, 8],
      troubles: { ...untroubled, stalls: 1 },
    })),
  },
  {
    id: 'M64',
    story: 'a member goes on reading a scope that it has given up',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'G5' },
    play: inLog('reads-after-revocation', (options) => ({ ...moving(options), isEager: false })),
  },
  {
    id: 'M65',
    story: 'a scope is given to nobody for a long time',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'G6' },
    play: inLog('scope-forgotten', (options) => ({ ...lasting(options), isEager: true })),
  },
  {
    id: 'M66',
    story: 'a member begins one entry before what its group has committed',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'G7' },
    play: inLog('starts-too-early', moving),
  },
  {
    id: 'M67',
    story: 'the broker answers nobody for a long time',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'L1' },
    play: inLog('falls-silent', (options) => ({
      ...alone(options),
      producers: options.producers.map((producer) => {
        return { ...producer, lanes: 8, pauseMs: [5, 50] };
      }),
    })),
  },
  {
    id: 'M68',
    story: 'the broker is up again and answers nobody for a while',
    claim: atLeastOnce,
    expects: { as: 'warned', root: 'L3' },
    play: inLog('recovers-slowly', (options) => ({
      ...alone(options),
      brokerCrash: 'in the middle',
      bounds: { recoveryMs: 500 },
    })),
  },
  {
    id: 'M69',
    story: 'the last commit is forgotten, so that a group is never known to be drained',
    claim: atLeastOnce,
    expects: { as: 'undrained', root: 'L4' },
    play: inLog('last-commit-forgotten', alone),
  },
];
