import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrace, readTrace } from '../../../../harness/cli/load/trace-file.ts';

const offsets = (text: string) => parseTrace(text, 'trace.txt');

describe('a recorded trace', () => {
  it('is one offset a line in nanoseconds, or in seconds where the first line says so', () => {
    expect(offsets('0\n1500\n1500\n3e3\n')).toEqual({
      is: 'offsets',
      offsetsNs: [0, 1_500, 1_500, 3_000],
    });
    expect(offsets('# recorded on Monday\n\ns\n0.5\r\n1.25\n')).toEqual({
      is: 'offsets',
      offsetsNs: [5e8, 1.25e9],
    });
    expect(offsets('ns\n5\n6')).toEqual({ is: 'offsets', offsetsNs: [5, 6] });
  });

  it('gives any rising instants back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 2 }), (instants) => {
        const rising = instants.toSorted((a, b) => a - b);
        fc.pre((rising.at(-1) ?? 0) > 0);
        expect(offsets(rising.join('\n'))).toEqual({ is: 'offsets', offsetsNs: rising });
      }),
    );
  });

  it.each([
    ['0\nten\n5', 'trace.txt:2', /"ten" is no offset/],
    ['0\n-4\n5', 'trace.txt:2', /"-4" is no offset/],
    ['# x\n0\n9\n5', 'trace.txt:4', /5 is before the offset of an earlier line/],
    ['s\n0\n90000', 'trace.txt:3', /more than 24 hours/],
    ['s\n0\ns\n1', 'trace.txt:3', /"s" is no offset/],
    ['', 'trace.txt', /two instants at least/],
    ['0\n0', 'trace.txt', /not all of them 0/],
  ])('names file and line of what it cannot use: %j', (text, place, what) => {
    const trace = offsets(text);
    expect(trace).toMatchObject({ is: 'bad', problems: [{ place }] });
    expect(trace.is === 'bad' && trace.problems[0]?.what).toMatch(what);
  });

  it('tells of the first mistakes, and how many more there are', () => {
    const trace = offsets(`0\n${'x\n'.repeat(40)}`);
    expect(trace.is === 'bad' && trace.problems.at(-1)).toEqual({
      place: 'trace.txt',
      what: '35 more lines are no offsets',
    });
    expect(trace.is === 'bad' && trace.problems).toHaveLength(6);
  });

  it('that is not there is said to be unreadable', () => {
    expect(readTrace('nowhere.txt', '/')).toMatchObject({
      is: 'bad',
      problems: [{ place: 'nowhere.txt', what: expect.stringContaining('cannot be read') }],
    });
  });
});
