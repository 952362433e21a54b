import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfirmWindow } from '../../../engines/rabbitmq/confirms.ts';

test('a confirm with multiple settles everything up to its tag, oldest first', () => {
  const window = new ConfirmWindow();
  for (const ticket of [10, 20, 30, 40]) window.add(ticket);
  const settled: number[] = [];
  window.confirm(2, false, (ticket) => settled.push(ticket));
  window.confirm(3, true, (ticket) => settled.push(ticket));
  expect(settled).toEqual([20, 10, 30]);
  expect(window.open).toBe(1);
});

test('a repeated confirm and one for a tag never published settle nothing', () => {
  const window = new ConfirmWindow();
  window.add(1);
  const settled: number[] = [];
  const note = (ticket: number): void => void settled.push(ticket);
  window.confirm(1, false, note);
  window.confirm(1, false, note);
  window.confirm(1, true, note);
  window.confirm(99, true, note);
  window.confirm(99, false, note);
  expect(settled).toEqual([1]);
});

test('whatever the order of publishes and confirms, every ticket settles exactly once', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ publish: fc.integer({ min: 1, max: 700 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ tag: fc.integer({ min: 1, max: 4_000 }), multiple: fc.boolean() }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const window = new ConfirmWindow();
      const open = new Map<number, number>();
      const settled: number[] = [];
      let published = 0;
      for (const act of steps) {
        if ('publish' in act) {
          for (let count = 0; count < act.publish; count += 1) {
            published += 1;
            open.set(published, published * 7);
            window.add(published * 7);
          }
          continue;
        }
        const expected = [...open].filter(([tag]) =>
          act.multiple ? tag <= act.tag : tag === act.tag,
        );
        const got: number[] = [];
        window.confirm(act.tag, act.multiple, (ticket) => got.push(ticket));
        expect(got).toEqual(expected.map(([, ticket]) => ticket));
        for (const [tag] of expected) open.delete(tag);
        settled.push(...got);
      }
      expect(window.open).toBe(open.size);
      window.takeAll((ticket) => settled.push(ticket));
      expect(settled.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: published }, (_, index) => (index + 1) * 7),
      );
    }),
  );
});
