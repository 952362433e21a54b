import { describe, expect, it } from 'vitest';
import { idsFound, judgeLines } from '../judge-lines.ts';

const head = '{"kind":"history","version":1,"transactions":"read-committed","placed":true}';

function sentTwice(firstEnd: 'abort' | 'none', delivered: readonly number[]): string[] {
  const end = (transaction: string, how: string, timeMs: number): string[] => [
    `{"timeMs":${timeMs},"kind":"tx.end.invoke","actor":"p","transaction":"${transaction}","end":"${how}"}`,
    `{"timeMs":${timeMs + 1},"kind":"tx.end.settled","actor":"p","transaction":"${transaction}","end":"${how}","outcome":"ok"}`,
  ];
  const first = firstEnd === 'abort' ? ',"transaction":"x"' : '';
  const second = firstEnd === 'abort' ? ',"transaction":"y"' : '';
  return [
    head,
    `{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0${first}}`,
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok","scope":"s","position":0}',
    ...(firstEnd === 'abort' ? end('x', 'abort', 3) : []),
    `{"timeMs":5,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"attempt":2${second}}`,
    '{"timeMs":6,"kind":"send.settled","actor":"p","lane":"a","seq":0,"attempt":2,"outcome":"ok","scope":"s","position":2}',
    ...(firstEnd === 'abort' ? end('y', 'commit', 7) : []),
    ...delivered.map(
      (position) =>
        `{"timeMs":9,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0,"scope":"s","position":${position}}`,
    ),
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ];
}

describe('a message that is sent again', () => {
  it('in another transaction, the first being aborted, is not stored twice for anybody', () => {
    const { judgement } = judgeLines(sentTwice('abort', [2]));
    expect(idsFound(judgement)).toEqual([]);
    expect(judgement.results.find(({ check }) => check === 'D4')).toMatchObject({ possible: 1 });
  });

  it('outside of transactions is stored twice where its sends were answered with two places', () => {
    expect(idsFound(judgeLines(sentTwice('none', [2])).judgement)).toContain('D4');
  });
});
