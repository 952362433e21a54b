import { describe, expect, test } from 'vitest';
import {
  codeOfChannelEnd,
  outcomeOf,
  outcomes,
  RabbitCode,
} from '../../../engines/rabbitmq/outcomes.ts';

describe('the outcome table', () => {
  test('names every code once, and ok is code 0 alone', () => {
    const codes = Object.values(RabbitCode);
    expect(Object.keys(outcomes).map(Number)).toEqual([...codes]);
    expect(codes.filter((code) => outcomeOf(code) === 'ok')).toEqual([0]);
  });

  test.each([
    [RabbitCode.queueFull, 'fail'],
    [RabbitCode.notConnected, 'fail'],
    [RabbitCode.refusedByClient, 'fail'],
    [RabbitCode.unsupported, 'fail'],
    [RabbitCode.connectionLost, 'unknown'],
    [RabbitCode.channelClosedByBroker, 'unknown'],
    [RabbitCode.closedByUs, 'unknown'],
    [RabbitCode.nacked, 'unknown'],
  ] as const)('code %i is %s', (code, outcome) => {
    expect(outcomeOf(code)).toBe(outcome);
  });

  test('a reply code on the channel is the broker’s doing, anything else a lost connection', () => {
    const refused = Object.assign(new Error('Channel closed by server: 404'), { code: 404 });
    expect(codeOfChannelEnd(refused)).toBe(RabbitCode.channelClosedByBroker);
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    for (const error of [reset, undefined, null, 'closed', new Error('channel closed')]) {
      expect(codeOfChannelEnd(error)).toBe(RabbitCode.connectionLost);
    }
  });
});
