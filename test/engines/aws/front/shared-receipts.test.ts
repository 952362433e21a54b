import { expect, test } from 'vitest';
import { SharedReceipts } from '../../../../engines/aws/front/shared-receipts.ts';

test('a receipt that two receives got is deleted once, and that of one receive never', () => {
  const receipts = new SharedReceipts(2);
  receipts.share('a');
  expect(receipts.isDeleted('a')).toBe(false);
  receipts.delete('a');
  receipts.delete('alone');
  expect(receipts.isDeleted('a')).toBe(true);
  expect(receipts.isDeleted('alone')).toBe(false);
});

test('of more than may be in hands the oldest is forgotten', () => {
  const receipts = new SharedReceipts(2);
  for (const receipt of ['a', 'b', 'c']) {
    receipts.share(receipt);
    receipts.delete(receipt);
  }
  expect(['a', 'b', 'c'].map((receipt) => receipts.isDeleted(receipt))).toEqual([
    false,
    true,
    true,
  ]);
});
