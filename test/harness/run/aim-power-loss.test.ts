import { describe, expect, it } from 'vitest';
import { type AimedPowerLoss, aimPowerLoss } from '../../../harness/run/aim-power-loss.ts';
import type { Stage } from '../../../harness/run/stage.ts';

const messages = 15_000;
const enoughBytes = 65_536;
const lookMs = 2;

interface Broker {
  readonly bytesPerMs: number;
  /** Infinity: never; 0: every batch, of which some bytes may be on their way. */
  readonly syncsEveryMs: number;
  /** Of the harness, each time that it has aimed, and before it has struck. */
  readonly stallsMs: readonly number[];
  readonly messagesPerMs?: number;
  /** How many messages may leave before the release. */
  readonly unheld?: number;
}

interface Aimed extends AimedPowerLoss {
  readonly isStanding: boolean;
  readonly isReleased: boolean;
  readonly sent: number;
}

/** A broker on a virtual clock, which goes on with each look and with each stall, and not while it stands still. */
async function aimedAt(broker: Broker): Promise<Aimed> {
  const { bytesPerMs, syncsEveryMs, messagesPerMs = 1, unheld = messages } = broker;
  const stallsMs = [...broker.stallsMs];
  let isReleased = false;
  let isStanding = false;
  let nowMs = 0;
  let bytes = 0;
  let sent = 1_000;
  const pass = (spanMs: number): void => {
    for (let ms = 0; ms < (isStanding ? 0 : spanMs); ms += 1) {
      nowMs += 1;
      const may = isReleased ? messages : unheld;
      const more = Math.min(messagesPerMs, may - sent);
      sent += more;
      if (more > 0) bytes += bytesPerMs;
      if (syncsEveryMs === 0) bytes = nowMs % 2 === 0 ? 0 : bytesPerMs;
      else if (nowMs % syncsEveryMs === 0) bytes = 0;
    }
  };
  const unsynced = {
    bytes: () => {
      pass(lookMs);
      return bytes;
    },
    pause: () => {
      isStanding = true;
    },
    resume: () => {
      isStanding = false;
    },
  };
  const stage = {
    cell: { scenario: { workload: { load: { messages } } } },
    environment: { signal: new AbortController().signal },
    troupe: {
      sent: () => sent,
      release: () => {
        isReleased = true;
      },
    },
  };
  const aimed = await aimPowerLoss({ unsynced }, stage as unknown as Stage, async () => {
    pass(stallsMs.shift() ?? 0);
    return 50;
  });
  return { ...aimed, isStanding, isReleased, sent };
}

const byInterval = { bytesPerMs: 2_500, syncsEveryMs: 100 };

describe('aiming a power loss', () => {
  it('strikes at once when it stands still with enough that is not synced', async () => {
    const { aim, inFlight, isStanding } = await aimedAt({ ...byInterval, stallsMs: [] });
    expect(aim?.standstills).toBe(1);
    expect(aim?.unsyncedBytes).toBeGreaterThanOrEqual(enoughBytes);
    expect({ inFlight, isStanding }).toEqual({ inFlight: 50, isStanding: true });
  });

  it('aims again when a sync came between aiming and striking, as often as it takes', async () => {
    // Gathered at 130 ms of the clock: so long stalls end right after a sync.
    const { aim, isStanding } = await aimedAt({ ...byInterval, stallsMs: [75, 75, 75] });
    expect(aim?.standstills).toBe(4);
    expect(aim?.unsyncedBytes).toBeGreaterThanOrEqual(enoughBytes);
    expect(isStanding).toBe(true);
  });

  it('gives up after so many times and says how little was left', async () => {
    const stallsMs = Array.from({ length: 50 }, () => 75);
    const { aim, isStanding } = await aimedAt({ ...byInterval, stallsMs });
    expect(aim?.standstills).toBe(10);
    expect(aim?.unsyncedBytes).toBeLessThan(enoughBytes);
    expect(isStanding).toBe(true);
  });

  it.each([
    { what: 'no sync ever comes', syncsEveryMs: Number.POSITIVE_INFINITY },
    { what: 'every batch is synced', syncsEveryMs: 0 },
  ])('takes any instant where $what', async ({ syncsEveryMs }) => {
    const broker = { bytesPerMs: 2_500, syncsEveryMs, stallsMs: [300] };
    expect((await aimedAt(broker)).aim?.standstills).toBe(1);
  });

  it('lets go what is held back when nobody sends any more, and finds data in that', async () => {
    const { aim } = await aimedAt({ ...byInterval, stallsMs: [], unheld: 1_010 });
    expect(aim).toMatchObject({ standstills: 1 });
    expect(aim?.unsyncedBytes).toBeGreaterThanOrEqual(enoughBytes);
  });

  it('does not let the load end while it aims', async () => {
    const stallsMs = Array.from({ length: 50 }, () => 75);
    const { sent, isReleased } = await aimedAt({ ...byInterval, stallsMs, messagesPerMs: 20 });
    expect(isReleased).toBe(true);
    expect(sent).toBeLessThan(messages);
  });

  it('takes any instant where nobody can tell what is synced', async () => {
    let isReleased = false;
    const release = (): void => {
      isReleased = true;
    };
    const stage = { troupe: { release } } as unknown as Stage;
    const aimed = await aimPowerLoss({}, stage, async () => 12);
    expect(aimed).toEqual({ inFlight: 12, aim: undefined });
    expect(isReleased).toBe(true);
  });
});
