import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressView } from '../../../harness/cli/progress-view.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function view(isTerminal: boolean) {
  let text = '';
  const startedMs = performance.now();
  const clock = { nowNs: () => (performance.now() - startedMs) * 1e6 };
  const progress = progressView((more) => (text += more), isTerminal, clock);
  return { progress, text: () => text };
}

describe('progress', () => {
  it('is a line for each cell, and a heartbeat while a cell says nothing', () => {
    const { progress, text } = view(false);
    progress.planned(2, 1);
    progress.started('log@acks-1/steady/1');
    vi.advanceTimersByTime(14_000);
    expect(text().split('\n')).toHaveLength(2);
    vi.advanceTimersByTime(32_000);
    expect(text().match(/0 of 2 {2}log@acks-1\/steady\/1 starting/g)).toHaveLength(2);
    progress.ended('log@acks-1/steady/1', 'pass');
    expect(text()).toMatch(/1\/2 {2}log@acks-1\/steady\/1 {2}pass\n$/);
    progress.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a terminal repaints one line, at most four times a second', () => {
    const { progress, text } = view(true);
    progress.planned(1, 0);
    progress.started('cell');
    for (let sent = 0; sent < 100; sent += 1) {
      vi.advanceTimersByTime(10);
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
