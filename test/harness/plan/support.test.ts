import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import { supportOf, targetFor } from '../../../harness/plan/support.ts';
import { controllerCrash } from '../../../scenarios/controller-crash.ts';
import { coordinatorCrash } from '../../../scenarios/coordinator-crash.ts';
import { drainNode } from '../../../scenarios/drain-node.ts';
import { nodePartition } from '../../../scenarios/node-partition.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { transformEffect } from '../../../scenarios/transform-effect.ts';
import { steady } from '../../../scenarios/steady.ts';
import { readNewest } from '../../../scenarios/textbook/newest-of-keys.ts';
import { transformLostCommit } from '../../../scenarios/transform-lost-commit.ts';

const started = { kind: 'started', provisioner: 'embedded', nodes: 1 } as const;

function support(
  scenario: Scenario,
  changes: Partial<Engine> = {},
  profile = 'acks-all',
  absent: Parameters<typeof supportOf>[4] = {},
) {
  const engine = { ...(log as Engine), ...changes };
  const of = engine.profiles[profile];
  if (of === undefined) throw new Error(`no profile ${profile}`);
  return supportOf(scenario, engine, of, started, absent);
}

describe('what a target can be asked for', () => {
  it('is a partition where nodes can be in networks of their own, and there it has them', () => {
    expect(support(nodePartition, { parts: ['embedded'] })).toEqual({ is: 'supported' });
    expect(support(nodePartition)).toMatchObject({
      reason: 'nodes of embedded cannot be parted from each other here',
    });
    expect(targetFor(nodePartition, log, started)).toMatchObject({ nodes: 3, networks: 'own' });
    expect(targetFor(drainNode, log, started)).not.toHaveProperty('networks');
  });

  it('is keyed messages alone where others are refused', () => {
    expect(support(readNewest, {}, 'compacted')).toEqual({ is: 'supported' });
    expect(support(steady, {}, 'compacted')).toMatchObject({
      reason: 'messages without a key are refused',
    });
    expect(support(steady)).toEqual({ is: 'supported' });
  });

  it('is a quorum of controllers where others than the nodes elect leaders, and there it has one', () => {
    expect(support(controllerCrash, { controls: ['embedded'] })).toEqual({ is: 'supported' });
    expect(support(controllerCrash)).toMatchObject({
      reason: 'nobody elects the leaders of embedded but its nodes',
    });
    expect(targetFor(controllerCrash, log, started)).toMatchObject({ nodes: 3, controllers: 3 });
    expect(targetFor(drainNode, log, started)).not.toHaveProperty('controllers');
  });

  it('is a coordinator’s death where nodes say what they coordinate', () => {
    const coordinates = { coordinates: ['embedded'] };
    expect(support(coordinatorCrash, coordinates)).toEqual({ is: 'supported' });
    expect(support(coordinatorCrash)).toMatchObject({ is: 'unsupported' });
  });

  it('is a withdrawal where nodes have an order for it', () => {
    expect(support(drainNode, { withdraws: ['embedded'] })).toEqual({ is: 'supported' });
    expect(support(drainNode)).toMatchObject({
      reason: 'there is no order in which nodes of embedded are taken out of service',
    });
  });

  it.each([
    ['transactional', 'supported'],
    ['keyed-effects', 'supported'],
    ['late-keys', 'supported'],
    ['offsets-apart', 'unsupported'],
    ['acks-all', 'unsupported'],
  ] as const)('is an outside effect of jobs that commit all as one: %s is %s', (profile, is) => {
    expect(support(transformEffect, {}, profile)).toMatchObject({ is });
  });

  it('is an effect in a system that can be had here, and elsewhere the reason is told', () => {
    const absent = { postgres: 'PostgreSQL is not here' };
    const supported = (scenario: Scenario) => support(scenario, {}, 'transactional', absent);
    expect(supported(transformEffect)).toEqual({ is: 'supported' });
    expect(supported(transformLostCommit)).toEqual({
      is: 'unsupported',
      reason: 'PostgreSQL is not here',
    });
  });
});
