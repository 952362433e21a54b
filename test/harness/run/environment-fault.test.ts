import { describe, expect, it } from 'vitest';
import type { BrokerNode } from '../../../engines/provisioner.ts';
import { exitCodeOfError } from '../../../harness/core/exit-codes.ts';
import { toErrorRecord } from '../../../harness/core/errors.ts';
import {
  environmentFaultOf,
  withEnvironmentFault,
} from '../../../harness/run/environment-fault.ts';
import type { LiveTarget } from '../../../harness/run/live-target.ts';

type Told = BrokerNode['environmentFault'];

const targetOf = (...told: readonly Told[]): Pick<LiveTarget, 'access'> => {
  const nodes = told.map((environmentFault, index) => ({
    name: `node ${index}`,
    environmentFault,
  }));
  return { access: { kind: 'started', nodes } } as unknown as Pick<LiveTarget, 'access'>;
};

describe('a fault of the environment', () => {
  it('is what the first node says that has one', async () => {
    const well = async (): Promise<undefined> => undefined;
    const ill = async (): Promise<string> => 'it registers in a loop';
    expect(await environmentFaultOf(targetOf(well, undefined, ill))).toBe(
      'environment fault: node 2: it registers in a loop',
    );
    expect(await environmentFaultOf(targetOf(well, undefined))).toBeUndefined();
    expect(await environmentFaultOf({ access: { kind: 'external' } })).toBeUndefined();
  });

  it('explains why a cell did not come to its end, which is then inconclusive and no broken promise', async () => {
    const lost = new Error('no connection for a minute');
    const error = await withEnvironmentFault(
      lost,
      targetOf(async () => 'it is ill'),
    );
    const { code, message } = toErrorRecord(error);
    expect(code).toBe('ENVIRONMENT_FAULT');
    expect(message).toBe('environment fault: node 0: it is ill: no connection for a minute');
    expect(exitCodeOfError(code)).toBe(2);
  });

  it('hides no other cause, also when nobody can tell', async () => {
    const lost = new Error('lost');
    expect(
      await withEnvironmentFault(
        lost,
        targetOf(async () => undefined),
      ),
    ).toBe(lost);
    const unreadable = targetOf(() => Promise.reject(new Error('no log')));
    expect(await withEnvironmentFault(lost, unreadable)).toBe(lost);
  });
});
