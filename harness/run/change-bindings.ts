import type { TopologyChange } from '../../engines/engine.ts';
import type { FaultPlan, RoutingPlan } from '../../scenarios/scenario.ts';
import { invariant } from '../core/errors.ts';
import { BindingCode, emptyEvent, EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { subscriptionsFor } from './reference-router.ts';
import type { Stage } from './stage.ts';
import { within } from './within.ts';

const changeMs = 10_000;

/**
 * Bindings go and come, one after another. What each changes is written down by route and subscription, before
 * it is asked for and when it is in force; what another binding keeps as it is does not change at all.
 */
export async function changeBindings(
  plan: FaultPlan & { readonly kind: 'change-bindings' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { routing } = stage.cell.scenario.topology;
  const { topologyChange } = stage.administration;
  if (routing === undefined || topologyChange === undefined) {
    return neverStarted(plan, stage, 'the engine has no bindings');
  }
  const startedNs = mark(stage, EventKind.faultStarted, index);
  let changed = 0;
  for (const how of ['unbind', 'bind'] as const) {
    for (const number of plan[how]) {
      changed += await changeOne(how, number, routing, topologyChange, stage);
    }
  }
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: '',
    startedNs,
    stoppedNs,
    inFlight: null,
    evidence: { kind: plan.kind, unbound: plan.unbind.length, bound: plan.bind.length, changed },
  });
}

/** @returns how many routes lead elsewhere now */
async function changeOne(
  how: 'bind' | 'unbind',
  number: number,
  routing: RoutingPlan,
  change: TopologyChange,
  stage: Stage,
): Promise<number> {
  const binding = routing.bindings[number];
  invariant(binding !== undefined, `the topology has no binding ${number}`);
  const { bindingsInForce } = stage;
  const before = leads(routing, bindingsInForce);
  if (how === 'bind') bindingsInForce.add(number);
  else bindingsInForce.delete(number);
  const changes = differences(before, leads(routing, bindingsInForce));
  tell(stage, changes, BindingCode.invoke);
  const { deployed, environment } = stage;
  await within(change[how](deployed, binding), how, changeMs, environment.signal);
  tell(stage, changes, BindingCode.settled);
  return new Set(changes.map(({ route }) => route)).size;
}

interface Change {
  readonly route: number;
  readonly group: number;
  readonly kind: typeof EventKind.bound | typeof EventKind.unbound;
}

const leads = (plan: RoutingPlan, inForce: ReadonlySet<number>): readonly (readonly number[])[] =>
  plan.addresses.map((address) => subscriptionsFor(plan, inForce, address));

function differences(
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): readonly Change[] {
  return before.flatMap((was, route) => {
    const is = after[route] ?? [];
    return [
      ...was
        .filter((group) => !is.includes(group))
        .map((group) => ({ route, group, kind: EventKind.unbound })),
      ...is
        .filter((group) => !was.includes(group))
        .map((group) => ({ route, group, kind: EventKind.bound })),
    ];
  });
}

function tell(stage: Stage, changes: readonly Change[], detail: BindingCode): void {
  const timeNs = stage.environment.clock.nowNs();
  for (const { kind, group, route } of changes) {
    stage.history.collector.append({ ...emptyEvent(), kind, timeNs, group, ref: route, detail });
  }
}
