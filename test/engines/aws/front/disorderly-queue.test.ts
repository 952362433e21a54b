import { describe, expect, test } from 'vitest';
import { DisorderlyQueue } from '../../../../engines/aws/front/disorderly-queue.ts';
import type { Parameters } from '../../../../engines/aws/front/service-call.ts';
import { allDone, Fronted } from './front.ts';

const never = {
  does: 'repeat-and-disorder',
  seed: 1,
  latePermille: 0,
  passedByMost: 5,
  twicePermille: 0,
  undeletedPermille: 0,
  heldMsMost: 1_000,
} as const;

/** A queue that has numbered messages and gives each receive the next of them. */
function disorderly(how: Partial<Record<keyof typeof never, number>>, messages: number) {
  const clock = { nowMs: 0 };
  const manner = new DisorderlyQueue({ ...never, ...how, does: never.does }, () => clock.nowMs);
  const front = new Fronted(manner);
  let next = 0;
  front.answers = (asked) => {
    if ('Entries' in asked) return allDone(asked);
    const to = Math.min(messages, next + Number(asked['MaxNumberOfMessages']));
    const Messages = [];
    for (; next < to; next += 1) {
      const Attributes = { ApproximateReceiveCount: '1' };
      Messages.push({ Body: String(next), ReceiptHandle: `receipt ${next}`, Attributes });
    }
    return { Messages };
  };
  const receive = async (): Promise<readonly Parameters[]> => {
    const [, document] = await front.ask('ReceiveMessage', { MaxNumberOfMessages: 10 });
    return document['Messages'] as readonly Parameters[];
  };
  const receiveAll = async (): Promise<readonly Parameters[]> => {
    const all: Parameters[] = [];
    for (let call = 0; call < 100; call += 1) all.push(...(await receive()));
    return all;
  };
  return { front, clock, receive, receiveAll };
}

const numberOf = ({ Body }: Parameters): number => Number(Body);

describe('a standard queue as its document allows it', () => {
  test('gives some messages late, each once, and few of them very late', async () => {
    const { receiveAll } = disorderly({ latePermille: 200 }, 400);
    const got = (await receiveAll()).map(numberOf);
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, at) => at));
    const passedBy = got.map((number, at) => got.slice(0, at).filter((one) => one > number).length);
    expect(Math.max(...passedBy)).toBeGreaterThan(0);
    // Whose turn has come waits until a receive has room.
    expect(Math.max(...passedBy)).toBeLessThan(60);
  });

  test('gives some twice, and says of the second that it was received before', async () => {
    const { receiveAll } = disorderly({ twicePermille: 100 }, 400);
    const all = await receiveAll();
    const counts = Map.groupBy(all, numberOf);
    expect(counts.size).toBe(400);
    const twice = [...counts.values()].filter((copies) => copies.length > 1);
    expect(twice.length).toBeGreaterThan(15);
    for (const copies of twice) {
      expect(copies.map(({ Attributes }) => Attributes)).toEqual([
        { ApproximateReceiveCount: '1' },
        { ApproximateReceiveCount: '2' },
      ]);
    }
  });

  test('never gives a receive more than it asked for', async () => {
    const { receive } = disorderly({ latePermille: 300, twicePermille: 300 }, 300);
    for (let call = 0; call < 100; call += 1)
      expect((await receive()).length).toBeLessThanOrEqual(10);
  });

  test('forgets what it held for too long: its lease ends, and it comes from the queue', async () => {
    const { clock, receive } = disorderly({ latePermille: 1000 }, 10);
    expect(await receive()).toEqual([]);
    clock.nowMs = 1_001;
    expect(await receive()).toEqual([]);
  });

  test('answers some deletions well of which the queue does not hear', async () => {
    const { front } = disorderly({ undeletedPermille: 200 }, 0);
    const Entries = Array.from({ length: 100 }, (_, at) => ({
      Id: `${at}`,
      ReceiptHandle: `${at}`,
    }));
    const [, document] = await front.ask('DeleteMessageBatch', { Entries });
    expect(document['Successful']).toHaveLength(100);
    expect(document['Failed']).toBeUndefined();
    const heard = front.asked[0]?.['Entries'] as readonly unknown[];
    expect(heard.length).toBeGreaterThan(60);
    expect(heard.length).toBeLessThan(95);
  });

  test('takes the second deletion of what it gave twice for done', async () => {
    const { front, receiveAll } = disorderly({ twicePermille: 1000 }, 1);
    expect(await receiveAll()).toHaveLength(2);
    const deletion = { Entries: [{ Id: 'a', ReceiptHandle: 'receipt 0' }] };
    front.asked.length = 0;
    for (const _ of [1, 2]) {
      expect(await front.ask('DeleteMessageBatch', deletion)).toEqual([
        200,
        { Successful: [{ Id: 'a' }] },
      ]);
    }
    expect(front.asked).toHaveLength(1);
  });
});
