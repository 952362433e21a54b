import { describe, expect, it } from 'vitest';
import { consumerA, consumerB, findings, historyOf, judge } from './history-of.ts';

describe('D5 and a callback that runs late', () => {
  it('accepts a copy that a consumer, taken for dead, was called back with late', () => {
    const late = () => {
      const history = historyOf().open(consumerA).open(consumerB).sendAll(4, 3);
      history.consume(4, 1).consume(4, 2);
      const requestedNs = history.nowNs;
      history.wait(1e6).deliver(4, 0, { to: consumerB, requestedNs: requestedNs + 5e5 });
      history.settle(4, 0, 'acknowledge', 'ok', { to: consumerB });
      return history.deliver(4, 0, { requestedNs, redelivered: true });
    };
    const refused = late().settle(4, 0, 'acknowledge', 'fail').lost(consumerA).drained();
    expect(findings(judge(refused))).toEqual({ D6: '0+1' });
    expect(findings(judge(late().settle(4, 0).drained()))).toEqual({ D5: '1', D6: '0+1' });
  });
});

describe('D5 and D6 of a message that may be stored twice', () => {
  it('take a redelivery for possible only: it may be of the other copy', () => {
    const history = historyOf()
      .open(consumerA)
      .send(4, 0, 'unknown')
      .invoke(4, 0, 2)
      .settled(4, 0, 'ok');
    history.deliver(4, 0, { redelivered: false }).deliver(4, 0, { redelivered: false });
    history.settle(4, 0).settle(4, 0, 'requeue');
    const again = () => history.deliver(4, 0, { redelivered: true, requestedNs: history.nowNs });
    expect(findings(judge(again().drained()))).toEqual({ D4: '1', D6: '0+1' });
  });
});
