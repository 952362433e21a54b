import type { Scenario } from '../scenario.ts';
import { slowDrain, slowWork } from './slow-work.ts';

/** What the others are measured by. */
export const drainByOne = {
  ...slowDrain,
  id: 'drain-by-one',
  summary: 'one consumer works off a backlog of slow work in two partitions',
} as const satisfies Scenario;

export const drainByTwo = {
  ...slowDrain,
  id: 'drain-by-two',
  summary: 'two consumers work off a backlog of slow work in two partitions',
  workload: { ...slowWork, consumers: 2 },
} as const satisfies Scenario;

/** Twice as many as there are partitions: where a partition is one consumer’s, two of them have nothing to do. */
export const drainByFour = {
  ...slowDrain,
  id: 'drain-by-four',
  summary: 'four consumers work off a backlog of slow work in two partitions',
  workload: { ...slowWork, consumers: 4 },
} as const satisfies Scenario;

export const drainByFourOfFour = {
  ...slowDrain,
  id: 'drain-by-four-of-four',
  summary: 'four consumers work off a backlog of slow work in four partitions',
  topology: { ...slowDrain.topology, scopes: 4 },
  workload: { ...slowWork, consumers: 4 },
} as const satisfies Scenario;

/** One key, one partition, one group: all of it is in one order, where a system keeps one. */
export const drainInOneOrder = {
  ...slowDrain,
  id: 'drain-in-one-order',
  summary: 'two consumers, and a backlog of slow work that has one key in one partition',
  topology: { ...slowDrain.topology, scopes: 1 },
  workload: { ...slowWork, consumers: 2, keys: 1 },
} as const satisfies Scenario;
