import { describe, expect, it } from 'vitest';
import type { BindingSpec } from '../../../engines/engine.ts';
import { BindingCode, EventKind, type EventRecord } from '../../../harness/core/events.ts';
import { changeBindings } from '../../../harness/run/change-bindings.ts';
import type { Stage } from '../../../harness/run/stage.ts';
import type { RoutingPlan } from '../../../scenarios/scenario.ts';

const byKey = { headers: {}, match: 'all' } as const;
const routing: RoutingPlan = {
  destinations: [
    { by: 'topic', alternate: 1 },
    { by: 'everything', alternate: undefined },
  ],
  subscriptions: [0, 1],
  bindings: [
    { subscription: 0, key: 'a.*', ...byKey },
    { subscription: 0, key: 'a.#', ...byKey },
  ],
  initially: [0, 1],
  addresses: [
    { destination: 0, key: 'a.b', headers: undefined },
    { destination: 0, key: 'a', headers: undefined },
    { destination: 0, key: 'c', headers: undefined },
  ],
};

const plan = { kind: 'change-bindings', at: 0.5, unbind: [1], bind: [] } as const;

/** A stage on which every look at the clock takes a moment; `told` has what was written down and asked for. */
function stageOf(offersChange: boolean) {
  const told: string[] = [];
  let nowNs = 0;
  const asks =
    (how: string) =>
    async (_deployed: unknown, { key }: BindingSpec) => {
      told.push(`${how} ${key}`);
    };
  const change = { bind: asks('bind'), unbind: asks('unbind') };
  const tell = ({ kind, detail, group, ref }: EventRecord): void => {
    if (kind !== EventKind.bound && kind !== EventKind.unbound) return;
    const what = kind === EventKind.bound ? 'bound' : 'unbound';
    const when = detail === BindingCode.invoke ? 'asked' : 'in force';
    told.push(`${what} route ${ref} group ${group}, ${when}`);
  };
  const stage = {
    cell: { scenario: { topology: { routing } } },
    administration: offersChange ? { topologyChange: change } : {},
    deployed: {},
    bindingsInForce: new Set(routing.initially),
    environment: { clock: { nowNs: () => (nowNs += 1) }, signal: new AbortController().signal },
    history: { collector: { append: tell } },
    windows: { faultStarted: () => undefined, faultStopped: () => undefined },
  };
  return { stage: stage as unknown as Stage, told, inForce: stage.bindingsInForce };
}

describe('a change of bindings', () => {
  it('is written down where it leads elsewhere, before it is asked for and when it is in force', async () => {
    const { stage, told, inForce } = stageOf(true);
    const record = await changeBindings(plan, 0, stage);
    expect(told).toEqual([
      'unbound route 1 group 0, asked',
      'bound route 1 group 1, asked',
      'unbind a.#',
      'unbound route 1 group 0, in force',
      'bound route 1 group 1, in force',
    ]);
    expect([...inForce]).toEqual([0]);
    expect(record).toMatchObject({ kind: 'change-bindings', bit: true, inFlight: null });
  });

  it('that leads nothing elsewhere is carried out and is no evidence', async () => {
    const { stage, told } = stageOf(true);
    const record = await changeBindings({ ...plan, unbind: [0] }, 0, stage);
    expect(told).toEqual(['unbind a.*']);
    expect(record.bit).toBe(false);
  });

  it('does not happen where the engine has none', async () => {
    const { stage, told } = stageOf(false);
    expect((await changeBindings(plan, 0, stage)).bit).toBe(false);
    expect(told).toEqual([]);
  });
});
