import { describe, expect, it } from 'vitest';
import { GroupWatch } from '../../../engines/queue/simulation/group-watch.ts';

/** Of lane 1, seq 0 came into hands at 10 and is leased until 100; seq 1 is stored since `storedNs`. */
function watched(storedNs = 5): GroupWatch {
  const watch = new GroupWatch();
  watch.stored({ lane: 1, seq: 0 }, 1);
  watch.received({ lane: 1, seq: 0 }, { fromNs: 10, untilNs: 100 });
  watch.stored({ lane: 1, seq: 1 }, storedNs);
  return watch;
}

describe('a message group that waits behind a message in hands', () => {
  it('is told of for as long as the message is certainly in hands and another one is stored', () => {
    expect(watched().isAnyWaiting(20, 50)).toBe(true);
    expect(watched().isAnyWaiting(20, 100)).toBe(false);
    expect(watched().isAnyWaiting(9, 50)).toBe(false);
    expect(watched(30).isAnyWaiting(20, 50)).toBe(false);
  });

  it('waits no more when the message is settled, or the next one was received', () => {
    const settled = watched();
    settled.settling({ lane: 1, seq: 0 });
    expect(settled.isAnyWaiting(20, 50)).toBe(false);
    const received = watched();
    received.received({ lane: 1, seq: 1 }, { fromNs: 10, untilNs: 100 });
    expect(received.isAnyWaiting(20, 50)).toBe(false);
  });

  it('is not another group', () => {
    const watch = new GroupWatch();
    watch.received({ lane: 1, seq: 0 }, { fromNs: 10, untilNs: 100 });
    watch.stored({ lane: 2, seq: 0 }, 5);
    expect(watch.isAnyWaiting(20, 50)).toBe(false);
  });
});
