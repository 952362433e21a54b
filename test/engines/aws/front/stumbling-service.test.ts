import { describe, expect, test } from 'vitest';
import { StumblingService } from '../../../../engines/aws/front/stumbling-service.ts';
import { allDone, entries, Fronted } from './front.ts';

const surely = {
  does: 'stumble',
  seed: 1,
  throttledPermille: 0,
  refusedPermille: 0,
  failedPermille: 0,
  brokenPermille: 0,
  lostPermille: 0,
} as const;

function stumbling(how: Partial<typeof surely | Record<keyof typeof surely, number>>): Fronted {
  const front = new Fronted(new StumblingService({ ...surely, ...how, does: 'stumble' }));
  front.answers = allDone;
  return front;
}

describe('a service that stumbles', () => {
  test('refuses a call as too many, and has not done it', async () => {
    const front = stumbling({ throttledPermille: 1000 });
    expect(await front.ask('SendMessageBatch', entries(2))).toEqual([
      400,
      expect.objectContaining({ __type: 'RequestThrottled' }),
    ]);
    expect(front.asked).toEqual([]);
  });

  test('answers with 500 what it has done', async () => {
    const front = stumbling({ brokenPermille: 1000 });
    const [status] = await front.ask('SendMessageBatch', entries(2));
    expect(status).toBe(500);
    expect(front.asked).toHaveLength(1);
  });

  test('loses the answer to what it has done', async () => {
    const front = stumbling({ lostPermille: 1000 });
    expect(await front.call('SendMessageBatch', entries(2))).toEqual({ is: 'lost' });
    expect(front.asked).toHaveLength(1);
  });

  test('refuses entries by the sender’s fault without doing them, also all of a batch', async () => {
    const front = stumbling({ refusedPermille: 1000 });
    const [status, document] = await front.ask('SendMessageBatch', entries(2));
    expect(status).toBe(200);
    expect(document).toEqual({
      Successful: [],
      Failed: ['0', '1'].map((Id) => expect.objectContaining({ Id, SenderFault: true })),
    });
    expect(front.asked).toEqual([]);
  });

  test('fails entries by its own fault that it has done', async () => {
    const front = stumbling({ failedPermille: 1000 });
    const [, document] = await front.ask('DeleteMessageBatch', entries(2));
    expect(document).toEqual({
      Successful: [],
      Failed: ['0', '1'].map((Id) => expect.objectContaining({ Id, SenderFault: false })),
    });
    expect(front.asked).toMatchObject([entries(2)]);
  });

  test('says of every entry once how it ended, and has done those that it did not refuse', async () => {
    const front = stumbling({ refusedPermille: 300, failedPermille: 300 });
    const [, document] = await front.ask('SendMessageBatch', entries(200));
    const idsOf = (list: unknown): readonly string[] =>
      (list as readonly { readonly Id: string }[]).map(({ Id }) => Id);
    const failures = document['Failed'] as readonly { Id: string; SenderFault: boolean }[];
    const refused = idsOf(failures.filter(({ SenderFault }) => SenderFault));
    const failed = idsOf(failures.filter(({ SenderFault }) => !SenderFault));
    const done = idsOf(document['Successful']);
    expect(Math.min(refused.length, failed.length, done.length)).toBeGreaterThan(20);
    expect(new Set([...refused, ...failed, ...done]).size).toBe(200);
    expect(new Set(idsOf(front.asked[0]?.['Entries']))).toEqual(new Set([...done, ...failed]));
  });

  test('does the same from the same seed, and never to what a cell is set up with', async () => {
    const fates = async (seed: number): Promise<readonly number[]> => {
      const front = stumbling({ seed, throttledPermille: 500 });
      const statuses = [];
      for (let call = 0; call < 40; call += 1) statuses.push((await front.ask('SendMessage'))[0]);
      return statuses;
    };
    expect(await fates(7)).toEqual(await fates(7));
    expect(await fates(7)).not.toEqual(await fates(8));
    const front = stumbling({ throttledPermille: 1000, brokenPermille: 1000 });
    expect((await front.ask('CreateQueue'))[0]).toBe(200);
    expect((await front.ask('GetQueueAttributes'))[0]).toBe(200);
  });
});
