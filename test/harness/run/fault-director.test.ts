import { describe, expect, it } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import type { FaultRecord } from '../../../harness/record/schema.ts';
import { directFaults } from '../../../harness/run/fault-director.ts';
import type { Stage } from '../../../harness/run/stage.ts';
import { brokerCrash } from '../../../scenarios/broker-crash.ts';

interface Circumstances {
  readonly node: Partial<BrokerNode>;
  readonly isRunning: (pid: number) => boolean;
  readonly sendReply?: 'each' | 'none';
  readonly producers?: number;
}

/** As much of a stage as a kill of the broker looks at, with a load that is due. */
async function killed(circumstances: Circumstances): Promise<FaultRecord> {
  const { node, isRunning, sendReply = 'each', producers = 1 } = circumstances;
  const scenario = { ...brokerCrash, faults: [{ kind: 'kill-broker', at: 0.5, downMs: 1 }] };
  const stage = {
    cell: { scenario, traits: { sendReply } },
    live: { access: { kind: 'started', nodes: [node] } },
    environment: {
      clock: { nowNs: () => Number(process.hrtime.bigint()) },
      signal: new AbortController().signal,
      isRunning,
    },
    phases: { enter: () => undefined },
    history: { collector: { append: () => undefined } },
    troupe: {
      sent: () => 10_000,
      unsettledSends: () => 50,
      livingProducers: () => Array.from({ length: producers }, () => ({})),
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
