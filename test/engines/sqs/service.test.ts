import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsCode } from '../../../engines/aws/outcomes.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import engine from '../../../engines/sqs/engine.ts';
import type { SqsOptions } from '../../../engines/sqs/options.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { LiveCell, numbered, type Result, until } from '../live-cell.ts';

async function upFor(options: SqsOptions): Promise<Provisioned> {
  return bringUp(await engine.provisioners.fauxqs(), 1, engine.targetSettings(options));
}

describe('fauxqs behind a service that stumbles', () => {
  const options: SqsOptions = profiles['standard-stumbling'].options;
  let up: Provisioned;
  beforeAll(async () => {
    up = await upFor(options);
  });
  afterAll(() => up?.down());

  test('is called so', () => {
    expect(up.target.title).toMatch(/^fauxqs \d+\.\d+\.\d+ behind a proxy that throttles 20 ‰/);
  });

  test('ends sends in every way, and has stored nothing of what it refused', async () => {
    const cell = await LiveCell.open(engine, up.target, options);
    try {
      const ends = new Map<number, number>();
      for (let from = 0; from < 6_000; ) {
        const { producer, sink } = await cell.producer();
        for (; from < 6_000 && sink.disconnections.length === 0; from += 100) {
          producer.send(numbered(100, from));
          await producer.flush();
        }
        for (const { code } of sink.results.values()) ends.set(code, (ends.get(code) ?? 0) + 1);
        await producer.close();
      }
      const of = (code: AwsCode): number => ends.get(code) ?? 0;
      const refused: readonly AwsCode[] = [
        AwsCode.throttled,
        AwsCode.entryRefused,
        AwsCode.notConnected,
      ];
      const unknown: readonly AwsCode[] = [
        AwsCode.entryFailed,
        AwsCode.serverError,
        AwsCode.connectionLost,
      ];
      for (const code of [...refused.slice(0, 2), ...unknown]) expect(of(code)).toBeGreaterThan(5);
      expect([...ends.values()].reduce((sum, each) => sum + each, 0)).toBe(6_000);
      // Of what is not known nearly all was stored, but not what was refused in a call whose answer was lost.
      const open = await cell.open();
      expect(open).toBeGreaterThan(of(AwsCode.ok) + of(AwsCode.entryFailed));
      const sum = (codes: readonly AwsCode[]): number =>
        codes.reduce<number>((all, code) => all + of(code), 0);
      expect(open).toBeLessThanOrEqual(sum([AwsCode.ok, ...unknown]));
      expect(sum([AwsCode.ok, ...unknown, ...refused, AwsCode.heldBack])).toBe(6_000);
    } finally {
      await cell.close();
    }
  });

  test('is not taken for another service, nor another for it', async () => {
    await expect(LiveCell.open(engine, up.target, profiles.standard.options)).rejects.toMatchObject(
      { code: 'USAGE' },
    );
    const bare = { ...up.target, settings: {} };
    await expect(LiveCell.open(engine, bare, options)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('fauxqs behind a limit of calls', () => {
  test('throttles what goes beyond it, and the client tries again', {
    timeout: 60_000,
  }, async () => {
    const options: SqsOptions = {
      ...profiles['fifo-quota'].options,
      service: { does: 'limit-calls', callsPerSecond: 2 },
    };
    const up = await upFor(options);
    const cell = await LiveCell.open(engine, up.target, options);
    try {
      const { producer, sink } = await cell.producer();
      // A group for each lane or so, and each of them a call: far more than two a second on any machine. Which of them
      // come through when they are tried again is chance, so that there are as many bursts as it takes to see both.
      const results = (): readonly Result[] => [...sink.results.values()];
      const throttled = () => results().filter(({ code }) => code === AwsCode.throttled);
      const later = () =>
        results().filter(({ outcome, attempts }) => outcome === 'ok' && attempts > 1);
      let sent = 0;
      for (; throttled().length === 0 || later().length === 0; sent += 40) {
        producer.send(numbered(40, sent).map((one) => ({ ...one, group: `g${one.ticket}` })));
        await until(() => sink.results.size === sent + 40);
      }
      const refusedAtOnce = throttled().filter(
        ({ outcome, attempts }) => outcome !== 'fail' || attempts !== 3,
      );
      expect(refusedAtOnce).toEqual([]);
      expect(await cell.open()).toBe(sent - throttled().length);
    } finally {
      await cell.close();
      await up.down();
    }
  });
});

describe('fauxqs behind a queue as its document allows it', () => {
  test('gives all of it, some of it again after its deletion, and drains', async () => {
    const options: SqsOptions = profiles['standard-allowed'].options;
    const up = await upFor(options);
    const cell = await LiveCell.open(engine, up.target, options);
    try {
      const { producer } = await cell.producer();
      for (let from = 0; from < 1_000; from += 10) producer.send(numbered(10, from));
      await producer.flush();
      const { consumer, sink } = await cell.consumer();
      let settled = 0;
      const settle = (): void => {
        while (settled < sink.deliveries.length) {
          const some = sink.deliveries.slice(settled, settled + 10);
          consumer.request(some.length);
          consumer.settle(settled, some, { how: 'acknowledge' });
          settled += some.length;
        }
      };
      consumer.request(500);
      await until(async () => {
        settle();
        return (await cell.open()) === 0;
      });
      const bodies = sink.bodies();
      expect(new Set(bodies).size).toBe(1_000);
      expect(bodies.length).toBeGreaterThan(1_005);
      expect(sink.settlements.every((outcome) => outcome === 'ok')).toBe(true);
    } finally {
      await cell.close();
      await up.down();
    }
  });
});
