import { describe, expect, it } from 'vitest';
import { Controller } from '../../../../engines/embedded/replication/controller.ts';
import type { Member } from '../../../../engines/embedded/replication/messages.ts';

const sessionMs = 100;

function controllerOf(nodes: number, uncleanElection = false): Controller {
  const send = (): void => {};
  return new Controller({ nodes, sessionMs, uncleanElection, keeps: () => true, send });
}

function heard(controller: Controller, from: Member, nowMs: number, mayLack = false): void {
  controller.receive({ kind: 'heartbeat', from, mayLack }, nowMs);
}

const [a, b, c] = [0, 1, 2].map((node) => ({ node, incarnation: 1 })) as [Member, Member, Member];
const again = ({ node, incarnation }: Member): Member => ({ node, incarnation: incarnation + 1 });

function started(uncleanElection = false): Controller {
  const controller = controllerOf(3, uncleanElection);
  for (const member of [a, b, c]) heard(controller, member, 0);
  return controller;
}

function alter(controller: Controller, inSync: readonly Member[], from = a): void {
  const { epoch, version } = controller.state;
  controller.receive({ kind: 'alter-in-sync', from, epoch, version, inSync }, 0);
}

describe('the controller', () => {
  it('makes the first that it hears of the leader of epoch 1, with everybody in sync', () => {
    expect(started().state).toMatchObject({ epoch: 1, leader: a });
    expect(started().state.inSync).toEqual(expect.arrayContaining([a, b, c]));
  });

  it('elects another of the in-sync set when it hears nothing of the leader', () => {
    const controller = started();
    alter(controller, [a, c]);
    for (const member of [b, c]) heard(controller, member, sessionMs - 1);
    controller.tick(sessionMs);
    expect(controller.state).toMatchObject({ epoch: 2, leader: c });
  });

  it('elects nobody who is not in sync', () => {
    const controller = started();
    alter(controller, [a]);
    for (const member of [b, c]) heard(controller, member, sessionMs - 1);
    controller.tick(sessionMs);
    expect(controller.state).toMatchObject({ epoch: 1, leader: undefined });
    heard(controller, again(a), sessionMs + 1);
    expect(controller.state).toMatchObject({ epoch: 2, leader: again(a) });
  });

  it('elects whoever is there when unclean election is allowed, and then that one alone is in sync', () => {
    const controller = started(true);
    alter(controller, [a]);
    heard(controller, b, sessionMs - 1);
    controller.tick(sessionMs);
    expect(controller.state).toMatchObject({ epoch: 2, leader: b, inSync: [b] });
  });

  it('takes a leader that was started again for a new one, with an epoch of its own', () => {
    const controller = started();
    heard(controller, again(a), 1);
    expect(controller.state.epoch).toBe(2);
    expect(controller.state.inSync).toEqual(expect.arrayContaining([again(a), b, c]));
    expect(controller.state.inSync).not.toContainEqual(a);
  });

  it('strikes off whoever may lack what it held, unless nobody else is left', () => {
    const controller = started();
    heard(controller, again(a), 1, true);
    expect(controller.state.inSync).toEqual([b, c]);
    heard(controller, again(b), 1, true);
    heard(controller, again(c), 1, true);
    expect(controller.state).toMatchObject({ inSync: [again(c)], leader: again(c) });
  });

  it('takes no in-sync set from an earlier epoch, version or start of a node', () => {
    const controller = started();
    const old = controller.state;
    heard(controller, again(c), 1, true);
    const { state } = controller;
    const propose = (epoch: number, version: number, inSync: readonly Member[]): void => {
      controller.receive({ kind: 'alter-in-sync', from: a, epoch, version, inSync }, 1);
    };
    propose(old.epoch, old.version, [a, b, c]);
    propose(state.epoch - 1, state.version, [a]);
    propose(state.epoch, state.version, [a, b, c]);
    propose(state.epoch, state.version, [b]);
    expect(controller.state).toBe(state);
    propose(state.epoch, state.version, [a, b, again(c)]);
    expect(controller.state.inSync).toEqual([a, b, again(c)]);
  });

  it('does not hear an earlier start of a node any more', () => {
    const controller = started();
    heard(controller, again(a), 1);
    const { version } = controller.state;
    heard(controller, a, 2);
    expect(controller.state.version).toBe(version);
  });
});
