import { describe, expect, it } from 'vitest';
import { stuckIn } from '../../../harness/provision/stuck-sockets.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
/** Between 198.18.77.11 and 198.18.77.12, as a kernel printed it. */
const row = (remote: string, state: string, waiting: string): string =>
  `   0: 0B4D12C6:D474 ${remote}:107E ${state} ${waiting}:00000000 01:00000043 00000002     0        0 3626425 2 000000008cf24749 81 4 31 1 -1`;
const mapped = '0000000000000000FFFF0000';

describe('connections on which something waits to arrive', () => {
  it('are those with the given addresses that have bytes without an acknowledgement', () => {
    const table = [head, row('0C4D12C6', '01', '00000003'), row('0D4D12C6', '01', '00000010')];
    const seen = stuckIn(table.join('\n'), ['198.18.77.12', '198.18.77.13']);
    expect(seen).toEqual({ open: 2, opening: 0, unacknowledgedBytes: 19 });
    expect(stuckIn(table.join('\n'), ['198.18.77.12']).open).toBe(1);
  });

  it('are also those of IPv6 sockets, and those that nobody answers', () => {
    const table = [row(`${mapped}0C4D12C6`, '01', '00000001'), row('0C4D12C6', '02', '00000000')];
    expect(stuckIn(table.join('\n'), ['198.18.77.12'])).toEqual({
      open: 1,
      opening: 1,
      unacknowledgedBytes: 1,
    });
  });

  it('are none where all was acknowledged, or others are meant', () => {
    const table = [head, row('0C4D12C6', '01', '00000000'), row('014D12C6', '01', '00000009'), ''];
    expect(stuckIn(table.join('\n'), ['198.18.77.12'])).toEqual({
      open: 0,
      opening: 0,
      unacknowledgedBytes: 0,
    });
  });
});
