import { describe, expect, it } from 'vitest';
import { progressView } from '../../../harness/cli/progress-view.ts';

/** A view whose time passes when the test says so. */
function view(isTerminal: boolean) {
  let text = '';
  let nowMs = 0;
  let ticking: { readonly periodMs: number; readonly act: () => void } | undefined;
  const progress = progressView(
    (more) => (text += more),
    isTerminal,
    { nowNs: () => nowMs * 1e6 },
    (periodMs, act) => {
      ticking = { periodMs, act };
      return () => {
        ticking = undefined;
      };
    },
  );
  const pass = (ms: number): void => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += 10;
      if (ticking !== undefined && nowMs % ticking.periodMs === 0) ticking.act();
    }
  };
  return { progress, text: () => text, pass, isTicking: () => ticking !== undefined };
}

describe('progress', () => {
  it('is a line for each cell, and a heartbeat while a cell says nothing', () => {
    const { progress, text, pass, isTicking } = view(false);
    progress.planned(2, 1);
    progress.started('log@acks-1/steady/1');
    pass(14_000);
    expect(text().split('\n')).toHaveLength(2);
    pass(32_000);
    expect(text().match(/0 of 2 {2}log@acks-1\/steady\/1 starting/g)).toHaveLength(2);
    progress.ended('log@acks-1/steady/1', 'pass');
    expect(text()).toMatch(/1\/2 {2}log@acks-1\/steady\/1 {2}pass\n$/);
    progress.close();
    expect(isTicking()).toBe(false);
  });

  it('of a terminal repaints one line, at most four times a second', () => {
    const { progress, text, pass } = view(true);
    progress.planned(1, 0);
    progress.started('cell');
    for (let sent = 0; sent < 100; sent += 1) {
      pass(10);
      progress.sent('cell', sent, 100);
    }
    const painted = text().split('\r').length - 1;
    expect(painted).toBeGreaterThan(2);
    expect(painted).toBeLessThan(8);
    progress.close();
  });

  it('tells an error once, however many cells it ends, and cuts it between words', () => {
    const { progress, text } = view(false);
    const error = `error: ${'nobody listens '.repeat(20)}`;
    progress.ended('a', error);
    progress.ended('b', error);
    progress.ended('c', 'pass');
    progress.ended('d', 'error: another');
    progress.close();
    const [first, second, third, fourth] = text().split('\n');
    expect(first).toMatch(/(listens|nobody) …$/);
    expect(second).toMatch(/b {2}error: the same$/);
    expect(third).toMatch(/c {2}pass$/);
    expect(fourth).toMatch(/d {2}error: another$/);
  });

  it('shows no control characters of a cell’s name', () => {
    const { progress, text } = view(false);
    progress.ended('\u001b[31mred\u0007', 'pass');
    // oxlint-disable-next-line no-control-regex -- control characters are what must be absent
    expect(text()).not.toMatch(/[\u001b\u0007]/);
    progress.close();
  });
});
