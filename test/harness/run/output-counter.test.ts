import { describe, expect, it } from 'vitest';
import { emptyEvent, EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import { OutputCounter } from '../../../harness/run/output-counter.ts';

const made = (lane: number, seq: number, inputLane: number, inputSeq: number): EventRecord => ({
  ...emptyEvent(),
  kind: EventKind.sendInvoke,
  flags: Flag.derived,
  lane,
  seq,
  positionMajor: inputLane,
  positionMinor: inputSeq,
});

const found = (lane: number, seq: number, place?: number, group = 1): EventRecord => ({
  ...emptyEvent(),
  kind: EventKind.deliver,
  flags: place === undefined ? 0 : Flag.placed,
  group,
  lane,
  seq,
  positionMajor: place ?? 0,
});

/** `lane:seq copies` of every input that had any, and whether the reading back was complete. */
function readBack(events: readonly EventRecord[]): readonly string[] {
  const counter = new OutputCounter();
  for (const event of events) counter.observe(event);
  const lines: string[] = [];
  const sink = {
    append: ({ kind, lane, seq, ref }: EventRecord) => {
      lines.push(kind === EventKind.sinkComplete ? 'complete' : `${lane}:${seq} ${ref}`);
    },
    advance: () => undefined,
  };
  counter.readBack(sink, 9);
  return lines;
}

describe('outputs are read back as the effects of their inputs', () => {
  it('two outputs of one input count twice, whatever lanes they are in', () => {
    const events = [made(100, 0, 1, 7), found(100, 0, 3), made(200, 0, 1, 7), found(200, 0, 4)];
    expect(readBack(events)).toEqual(['1:7 2', 'complete']);
  });

  it('one output that is stored twice counts twice', () => {
    expect(readBack([made(100, 0, 1, 7), found(100, 0, 3), found(100, 0, 4)])).toEqual([
      '1:7 2',
      'complete',
    ]);
  });

  it('a copy that is delivered again counts once, with a place or without', () => {
    expect(readBack([made(100, 0, 1, 7), found(100, 0, 3), found(100, 0, 3)])).toEqual([
      '1:7 1',
      'complete',
    ]);
    expect(readBack([made(100, 0, 1, 7), found(100, 0), found(100, 0)])).toEqual([
      '1:7 1',
      'complete',
    ]);
  });

  it('an output that nobody found, another group’s delivery and a plain message say nothing', () => {
    const plain = { ...made(5, 0, 1, 1), flags: 0 };
    const events = [made(100, 0, 1, 7), found(100, 0, 3, 0), plain, found(5, 0, 1)];
    expect(readBack(events)).toEqual(['complete']);
  });
});
