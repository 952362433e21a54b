import { describe, expect, it } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import type { FaultRecord } from '../../../harness/record/schema.ts';
import { directFaults } from '../../../harness/run/fault-director.ts';
import type { Stage } from '../../../harness/run/stage.ts';
import { brokerCrash } from '../../../scenarios/broker-crash.ts';
import { lostResponse } from '../../../scenarios/lost-response.ts';

interface Circumstances {
  readonly node: Partial<BrokerNode>;
  readonly isRunning: (pid: number) => boolean;
  readonly sendReply?: 'each' | 'none';
  readonly producers?: number;
}

async function killed(circumstances: Circumstances): Promise<FaultRecord> {
  const { node, isRunning, sendReply = 'each', producers = 1 } = circumstances;
  const scenario = { ...brokerCrash, faults: [{ kind: 'kill-broker', at: 0.5, downMs: 1 }] };
  const live = { access: { kind: 'started', nodes: [node] } };
  const living = () => Array.from({ length: producers }, () => ({}));
  return directed(scenario, live, living, sendReply, isRunning);
}

/** As much of a stage as these faults look at, with a load that is due. */
async function directed(
  scenario: object,
  live: object,
  livingProducers: () => readonly object[],
  sendReply: 'each' | 'none' = 'each',
  isRunning: (pid: number) => boolean = () => true,
): Promise<FaultRecord> {
  const stage = {
    cell: { scenario, traits: { sendReply } },
    live,
    environment: {
      clock: { nowNs: () => Number(process.hrtime.bigint()) },
      signal: new AbortController().signal,
      isRunning,
    },
    phases: { enter: () => undefined },
    windows: { faultStarted: () => undefined, faultStopped: () => undefined },
    history: { collector: { append: () => undefined } },
    troupe: {
      release: () => undefined,
      sent: () => 10_000,
      unsettledSends: () => 50,
      livingProducers,
    },
  };
  const [fault] = await directFaults(stage as unknown as Stage);
  if (fault === undefined) throw new Error('no fault was recorded');
  return fault;
}

const honest = (isUp: { now: boolean }): BrokerNode => ({
  name: 'node 1',
  dataDirectory: '',
  logFile: '',
  pid: () => 42,
  kill: async () => {
    isUp.now = false;
    return { pid: 42, signal: 'SIGKILL' };
  },
  stop: async () => undefined,
  restart: async () => undefined,
});

describe('the kill of a broker', () => {
  it('bites when its process was there before and is gone after it', async () => {
    const isUp = { now: true };
    const fault = await killed({ node: honest(isUp), isRunning: () => isUp.now });
    expect(fault).toMatchObject({ bit: true, inFlight: 50, target: 'node 1' });
  });

  it('did not bite when the process goes on, whatever the engine says', async () => {
    let pid = 42;
    const node = { ...honest({ now: true }), pid: () => pid++ };
    expect((await killed({ node, isRunning: () => true })).bit).toBe(false);
  });

  it('did not bite when there never was such a process', async () => {
    const node = honest({ now: true });
    expect((await killed({ node, isRunning: () => false })).bit).toBe(false);
  });

  it('is too late when a load without answers is over', async () => {
    const isUp = { now: true };
    const node = honest(isUp);
    const late = { node, isRunning: () => isUp.now, sendReply: 'none', producers: 0 } as const;
    expect(await killed(late)).toMatchObject({ bit: false });
    expect(await killed({ ...late, producers: 1 })).toMatchObject({ bit: true, inFlight: null });
  });
});

describe('lost responses', () => {
  it('end with the load: no answer comes after it', async () => {
    const evidence = {
      asked: 5,
      responsesSwallowed: 4,
      responsesLostBehind: 0,
      sendsAnswered: 9,
      bytesForwarded: 1,
      connectionsCut: 4,
    };
    const loseResponses = async ({ signal }: { readonly signal: AbortSignal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      return evidence;
    };
    const access = {
      kind: 'started',
      proxies: { proxies: [{ loseResponses }] },
      addedLatency: async () => ({ addedMedianNs: 0 }),
    };
    const producer = { ended: Promise.resolve({ how: 'finished' }) };
    const fault = await directed(lostResponse, { access }, () => [producer]);
    expect(fault).toMatchObject({ kind: 'lose-response', bit: false, inFlight: 9 });
  });
});
