import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  duration,
  percent,
  significant,
  unitFor,
  whole,
} from '../../../reports/text/numbers.ts';
import { capped, visible } from '../../../reports/text/visible.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [4_981, '4,980'],
    [5_000, '5,000'],
    [12.345, '12.3'],
    [9.999, '10.0'],
    [0.001234, '0.00123'],
    [999.6, '1,000'],
    [-41.26, '-41.3'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d has three significant digits: %s', (value, text) => {
    expect(significant(value)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.012, '1.2 %'],
    [0.06215, '6.2 %'],
    [0.5, '50.0 %'],
    [0.99999, '99.9 %'],
    [0.00015, '0.015 %'],
    [3e-8, '1 in 33,333,333'],
  ])('the rate %d is %s', (rate, text) => {
    expect(percent(rate)).toBe(text);
  });

  it('never calls a rate below one 100 %, nor one above zero 0 %', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-12, noNaN: true }), (rate) => {
        expect(percent(rate)).not.toMatch(/^(100|0) %$/);
      }),
    );
  });

  it.each([
    [0, '0 s'],
    [512, '512 ns'],
    [4_100_000, '4.10 ms'],
    [48_200_000_000, '48.2 s'],
    [134_000_000_000, '2 min 14 s'],
    [179_600_000_000, '3 min 0 s'],
  ])('%d nanoseconds are %s', (ns, text) => {
    expect(duration(ns)).toBe(text);
  });

  it('chooses one unit for a column', () => {
    expect(unitFor([]).name).toBe('ms');
    expect(unitFor([2e5, 9e5, 3e6]).name).toBe('µs');
    expect(unitFor([0, 2e6, 9e6]).name).toBe('ms');
    expect(unitFor([2e10]).name).toBe('s');
  });

  it('keeps every digit of a count', () => {
    expect(whole(1_234_567)).toBe('1,234,567');
    expect(bytes(9_024_128)).toBe('8.61 MiB');
  });
});

describe('visible text', () => {
  it.each([
    ['plain text, ümläute and 名前 🦊', 'plain text, ümläute and 名前 🦊'],
    ['a\nb\tc', 'a\\nb\\tc'],
    ['\u001b[31m', '\\e[31m'],
    ['\u009b\u0000', '\\u{9b}\\u{0}'],
    ['\u202eabc', '\\u{202e}abc'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('%j is shown as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });

  it('is capped between characters, and counts the rest in bytes', () => {
    expect(capped('abc', 3)).toBe('abc');
    expect(capped('abcdef', 3)).toBe('abc…(+3 bytes)');
    expect(capped('ab🦊cd', 3)).toBe('ab…(+6 bytes)');
  });

  it('is capped between words, as long as they are words', () => {
    expect(capped('connect to nobody', 14)).toBe('connect to…(+7 bytes)');
    expect(capped('connect to nobody', 10)).toBe('connect to…(+7 bytes)');
    expect(capped(`a ${'b'.repeat(100)}`, 90)).toBe(`a ${'b'.repeat(88)}…(+12 bytes)`);
  });
});
