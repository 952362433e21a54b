import { describe, expect, it } from 'vitest';
import { chosenRows } from '../../../reports/model/chosen-rows.ts';
import { type MatrixRow, matrixOf } from '../../../reports/model/matrix.ts';
import { defaultSuiteRun } from '../fixtures/run.ts';

const [pattern] = matrixOf(defaultSuiteRun()).rows;
const [cell] = pattern?.cells ?? [];
if (pattern === undefined || cell === undefined) throw new Error('the fixture has no row');

const row = (engine: string, at: number, state: 'kept' | 'broken' = 'kept'): MatrixRow => ({
  ...pattern,
  name: `${engine}@${at}`,
  engine,
  cells: [{ ...cell, state }],
});
const many = (engine: string, count: number) =>
  Array.from({ length: count }, (_, at) => row(engine, at));
const names = (rows: readonly MatrixRow[]) => rows.map(({ name }) => name);

describe('the rows of a matrix that is too long', () => {
  it('are all where there is room', () => {
    const rows = many('a', 4);
    expect(chosenRows(rows, 4)).toEqual(rows);
  });

  it('leave no engine out while there is room for one of each, in the order of the matrix', () => {
    const rows = [...many('a', 18), ...many('b', 10), ...many('c', 1)];
    const shown = chosenRows(rows, 8);
    expect(names(shown)).toEqual(['a@0', 'a@1', 'a@2', 'a@3', 'b@0', 'b@1', 'b@2', 'c@0']);
  });

  it('have those in which something went wrong before all others', () => {
    const rows = [...many('a', 18), row('b', 0), row('b', 9, 'broken'), row('a', 99, 'broken')];
    expect(names(chosenRows(rows, 3))).toEqual(['a@0', 'b@9', 'a@99']);
  });
});
