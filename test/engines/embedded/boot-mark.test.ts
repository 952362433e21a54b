import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BootMark } from '../../../engines/embedded/host/boot-mark.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ackmark-boot-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const mayHaveLost = (boot: string): boolean => new BootMark(directory, boot).mayHaveLostPower;

test('nobody knows what befell a directory that was never marked', () => {
  expect(mayHaveLost('a')).toBe(true);
});

test('a process that died has lost nothing under the same boot, and perhaps under another', () => {
  new BootMark(directory, 'a').begin();
  expect(mayHaveLost('a')).toBe(false);
  expect(mayHaveLost('b')).toBe(true);
  expect(mayHaveLost('')).toBe(true);
});

test('where no boot has a name, only an orderly end is sure to have lost nothing', () => {
  const mark = new BootMark(directory, '');
  mark.begin();
  expect(mayHaveLost('')).toBe(true);
  mark.end();
  expect(mayHaveLost('')).toBe(false);
});

test('an orderly end is good under every boot, until somebody begins again or plays a power loss', () => {
  const mark = new BootMark(directory, 'a');
  mark.begin();
  mark.end();
  expect(mayHaveLost('b')).toBe(false);
  mark.begin();
  expect(mayHaveLost('b')).toBe(true);
  mark.end();
  mark.powerLost();
  expect(mayHaveLost('a')).toBe(true);
});
