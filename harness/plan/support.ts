import type { Engine, Profile, Traits } from '../../engines/engine.ts';
import type { EffectStore, Need, Scenario } from '../../scenarios/scenario.ts';
import type { Cell, TargetChoice } from './cell.ts';

/** What an engine says of its targets. */
type Abilities = Pick<
  Engine,
  | 'wire'
  | 'forgets'
  | 'losesPower'
  | 'replicates'
  | 'parts'
  | 'coordinates'
  | 'controls'
  | 'withdraws'
>;

/** Systems that effects can be in and that cannot be had here, with the reason. */
export type AbsentStores = Readonly<Partial<Record<EffectStore, string>>>;

/** Whether a profile can be put to a scenario at all, and if not, why: the first unmet need. */
export function supportOf(
  scenario: Scenario,
  engine: Pick<Engine, 'traits'> & Abilities,
  profile: Pick<Profile<unknown>, 'transform' | 'options'>,
  target: TargetChoice,
  absentStores: AbsentStores,
): Cell['support'] {
  const traits = engine.traits(profile.options);
  if (scenario.workload.consumersJoin === 'after-load' && traits.unheard === 'lost') {
    return { is: 'unsupported', reason: 'nothing is kept for consumers that come later' };
  }
  if (traits.unkeyed === 'refused' && scenario.workload.keyed === undefined) {
    return { is: 'unsupported', reason: 'messages without a key are refused' };
  }
  const { effects } = scenario.workload;
  const absent = effects && absentStores[effects];
  if (absent !== undefined) return { is: 'unsupported', reason: absent };
  if (target.kind !== 'started' && traits.startedHere !== undefined) {
    return { is: 'unsupported', reason: traits.startedHere };
  }
  for (const need of scenario.needs) {
    const reason = unmet(need, engine, { ...profile, traits }, target);
    if (reason !== undefined) return { is: 'unsupported', reason };
  }
  return { is: 'supported' };
}

function unmet(
  need: Need,
  engine: Abilities,
  { traits, transform }: Pick<Profile<unknown>, 'transform'> & { readonly traits: Traits },
  target: TargetChoice,
): string | undefined {
  switch (need.kind) {
    case 'capability':
      return traits.capabilities.has(need.capability)
        ? undefined
        : `the engine does not have the capability ${need.capability}`;
    case 'fan-out':
      return traits.capabilities.has('routing') || traits.capabilities.has('replay')
        ? undefined
        : 'a destination has one subscription only';
    case 'send-reply':
      return traits.sendReply === 'each'
        ? undefined
        : 'sends are fire-and-forget: no answer exists';
    case 'wire':
      if (engine.wire === undefined)
        return 'the engine does not describe its protocol to the proxy';
      return target.kind === 'started'
        ? undefined
        : 'the fault proxy stands only before targets that are started here';
    case 'transactional-job':
      return transform === 'in-transaction'
        ? undefined
        : 'a job of this profile does not commit outputs and offsets as one';
    case 'broker-process':
      if (target.kind !== 'started') return 'the broker’s process is not ours to kill';
      return engine.forgets?.includes(target.provisioner) === true
        ? `${target.provisioner} keeps nothing when its process ends`
        : undefined;
    case 'replicas':
      if (target.kind !== 'started') return 'the broker’s nodes are not ours to kill';
      if (traits.oneNode !== undefined) return traits.oneNode;
      return engine.replicates?.includes(target.provisioner) === true
        ? undefined
        : `${target.provisioner} is one node, and nothing is replicated`;
    case 'node-networks':
      if (target.kind !== 'started') return 'the broker’s nodes are not ours to part';
      return engine.parts?.includes(target.provisioner) === true
        ? undefined
        : `nodes of ${target.provisioner} cannot be parted from each other here`;
    case 'coordinators':
      if (target.kind !== 'started') return 'the broker’s nodes are not ours to kill';
      return engine.coordinates?.includes(target.provisioner) === true
        ? undefined
        : `what nodes of ${target.provisioner} coordinate besides what they lead is not known here`;
    case 'controllers':
      if (target.kind !== 'started') return 'who elects its leaders is not ours to kill';
      return engine.controls?.includes(target.provisioner) === true
        ? undefined
        : `nobody elects the leaders of ${target.provisioner} but its nodes`;
    case 'withdrawal':
      if (target.kind !== 'started') return 'the broker’s nodes are not ours to take out';
      return engine.withdraws?.includes(target.provisioner) === true
        ? undefined
        : `there is no order in which nodes of ${target.provisioner} are taken out of service`;
    case 'power-loss':
      if (target.kind !== 'started') return 'the broker’s machine is not ours to switch off';
      return engine.losesPower?.includes(target.provisioner) === true
        ? undefined
        : `a node of ${target.provisioner} cannot lose its power here`;
  }
}

/** The target with as many nodes as the scenario asks for, where it can have them. */
export function targetFor(
  scenario: Scenario,
  { replicates = [] }: Pick<Engine, 'replicates'>,
  target: TargetChoice,
): TargetChoice {
  if (target.kind !== 'started' || !replicates.includes(target.provisioner)) return target;
  const asked = scenario.needs.map((need) => (need.kind === 'replicas' ? need.nodes : 1));
  const nodes = Math.max(target.nodes, ...asked);
  const isParted = scenario.needs.some(({ kind }) => kind === 'node-networks');
  const quorum = scenario.needs.find((need) => need.kind === 'controllers');
  return {
    ...target,
    nodes,
    ...(isParted ? { networks: 'own' } : {}),
    ...(quorum === undefined ? {} : { controllers: quorum.controllers }),
  };
}
