import {
  MultipleErrors,
  NetworkError,
  ProtocolError,
  protocolErrors,
  ResponseError,
  TimeoutError,
  UserError,
} from '@platformatic/kafka';
import { anything, assert, pre, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokerCode, classify, Code, outcomes } from '../../../engines/kafka/outcomes.ts';
import { answeredPartitions } from '../../../engines/kafka/partial-answers.ts';
import { protocolErrorNames } from '../../../engines/kafka/protocol-errors.ts';

const refused = (): Error =>
  new NetworkError('Connection to 127.0.0.1:1 failed.', {
    cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  });
const lost = (): Error => new NetworkError('Connection closed');

describe('the outcome table of sends', () => {
  it.each([
    ['a refused connection', refused(), 'fail', Code.refused],
    ['a lost connection', lost(), 'unknown', Code.network],
    ['a request timeout', new TimeoutError('Request timed out', {}), 'unknown', Code.timeout],
    ['a call the client refuses', new UserError('no'), 'fail', Code.rejectedByClient],
    ['a closed client', new NetworkError('closed', { closed: true }), 'fail', Code.clientClosed],
    ['a message too large', new ProtocolError('MESSAGE_TOO_LARGE'), 'fail', brokerCode(10)],
    ['too few replicas before', new ProtocolError('NOT_ENOUGH_REPLICAS'), 'fail', brokerCode(19)],
    [
      'too few replicas after the append',
      new ProtocolError('NOT_ENOUGH_REPLICAS_AFTER_APPEND'),
      'unknown',
      brokerCode(20),
    ],
    ['a moved leader', new ProtocolError('NOT_LEADER_OR_FOLLOWER'), 'unknown', brokerCode(6)],
    ['a server error', new ProtocolError('UNKNOWN_SERVER_ERROR'), 'unknown', brokerCode(-1)],
    ['a foreign error', new TypeError('x is not a function'), 'unknown', Code.unlisted],
    ['nothing at all', undefined, 'unknown', Code.unlisted],
    ['a reset after connecting', reset(), 'unknown', Code.network],
  ] as const)('%s', (_name, error, outcome, code) => {
    expect(classify(error, 'send')).toEqual({ outcome, code });
  });

  function reset(): Error {
    return new NetworkError('Connection error', {
      cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    });
  }

  it('is unknown as soon as one attempt of many may have been applied', () => {
    const error = new MultipleErrors('produce failed 3 times.', [
      lost(),
      new MultipleErrors('Cannot connect to any broker.', [refused()]),
      refused(),
    ]);
    expect(classify(error, 'send')).toEqual({ outcome: 'unknown', code: Code.network });
  });

  it('is failed when every attempt certainly was', () => {
    const error = new MultipleErrors('produce failed 2 times.', [refused(), refused()]);
    expect(classify(error, 'send')).toEqual({ outcome: 'fail', code: Code.refused });
  });

  it('is unknown for an aggregate that holds nothing, and survives one that holds itself', () => {
    expect(classify(new MultipleErrors('empty', []), 'send').outcome).toBe('unknown');
    const circular = { errors: [] as unknown[] };
    circular.errors.push(circular);
    expect(classify(circular, 'send').outcome).toBe('unknown');
  });

  it('is never failed for an error that is not listed, whatever it looks like', () => {
    assert(
      property(anything(), (error) => {
        const known = JSON.stringify(error, (_, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        );
        pre(known === undefined || !known.includes('PLT_KFK'));
        expect(classify(error, 'send').outcome).toBe('unknown');
      }),
    );
  });

  it('is unknown for a broker error that does not exist yet', () => {
    const error = { code: 'PLT_KFK_PROTOCOL', apiId: 'BRAND_NEW', apiCode: 999 };
    expect(classify(error, 'send')).toEqual({ outcome: 'unknown', code: Code.unlisted });
  });
});

describe('the outcome table of commits', () => {
  it('is failed for a member of another generation, unknown for a coordinator that moved', () => {
    expect(classify(new ProtocolError('ILLEGAL_GENERATION'), 'commit').outcome).toBe('fail');
    expect(classify(new ProtocolError('NOT_COORDINATOR'), 'commit').outcome).toBe('unknown');
    expect(classify(new ProtocolError('ILLEGAL_GENERATION'), 'send').outcome).toBe('unknown');
  });
});

describe('outcome codes', () => {
  it('name every protocol error that the client knows', () => {
    for (const { id, code } of Object.values(protocolErrors)) {
      if (code === 0) continue;
      expect(outcomes[brokerCode(code)]).toBe(id);
    }
  });

  it('fit into sixteen bits and are all different', () => {
    const codes = Object.keys(outcomes).map(Number);
    expect(Math.max(...codes)).toBeLessThan(65_536);
    expect(codes.length).toBe(Object.keys(Code).length + protocolErrorNames.length);
  });
});

describe('answers inside a failure', () => {
  const response = (partitions: readonly (readonly [number, number, bigint])[]) => ({
    responses: [
      {
        name: 't',
        partitionResponses: partitions.map(([index, errorCode, baseOffset]) => ({
          index,
          errorCode,
          baseOffset,
        })),
      },
    ],
  });

  it('are found for partitions that the broker accepted beside one it refused', () => {
    const error = new ResponseError(
      0,
      11,
      { '/responses/0/partition_responses/0': [10, null] },
      response([
        [0, 10, -1n],
        [1, 0, 40n],
      ]),
    );
    const wrapped = new MultipleErrors('Producing messages failed.', [error]);
    expect(answeredPartitions(wrapped)).toEqual([{ topic: 't', partition: 1, offset: 40n }]);
  });

  it('are found in an earlier attempt, and for whole brokers that answered', () => {
    const early = new ResponseError(
      0,
      11,
      { '/responses/0/partition_responses/0': [19, null] },
      response([
        [0, 19, -1n],
        [1, 0, 7n],
      ]),
    );
    const error = new MultipleErrors('produce failed 2 times.', [early, refused()], {
      produced: { offsets: [{ topic: 't', partition: 2, offset: 9n }] },
    });
    expect(answeredPartitions(error)).toEqual([
      { topic: 't', partition: 2, offset: 9n },
      { topic: 't', partition: 1, offset: 7n },
    ]);
  });

  it('are none in anything else', () => {
    assert(property(anything(), (error) => answeredPartitions(error).length === 0));
  });
});
