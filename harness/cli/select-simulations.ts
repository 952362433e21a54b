import type { CatalogEntry } from '../../engines/catalog.ts';
import { quoted } from '../../engines/external-access.ts';
import type { Simulation } from '../../engines/simulation.ts';
import { AckmarkError } from '../core/errors.ts';
import { suggestion } from '../core/suggest.ts';

export type NamedSimulation = readonly [engine: string, simulation: Simulation];

/** @param names undefined for every engine that can be simulated */
export async function selectSimulations(
  names: readonly string[] | undefined,
  catalog: readonly CatalogEntry[],
): Promise<readonly NamedSimulation[]> {
  const playable = catalog.flatMap(({ id, simulation }) => (simulation === undefined ? [] : [id]));
  if (names !== undefined && names.length === 0) {
    throw new AckmarkError('USAGE', '--engine names no engine', {
      hint: `These can be simulated: ${playable.join(', ')}.`,
    });
  }
  for (const name of names ?? []) refuseUnplayable(name, catalog, playable);
  const found: NamedSimulation[] = [];
  for (const { id, simulation } of catalog) {
    if (simulation === undefined || names?.includes(id) === false) continue;
    found.push([id, await simulation()]);
  }
  return found;
}

function refuseUnplayable(
  name: string,
  catalog: readonly CatalogEntry[],
  playable: readonly string[],
): void {
  if (playable.includes(name)) return;
  if (catalog.some(({ id }) => id === name)) {
    throw new AckmarkError('USAGE', `${name} cannot be simulated`, {
      hint: 'Only embedded brokers can: real ones have clocks and threads of their own.',
    });
  }
  throw new AckmarkError(
    'USAGE',
    `no engine is called ${quoted(name)}${suggestion(name, playable)}`,
    { hint: `These can be simulated: ${playable.join(', ')}.` },
  );
}

/** The same on several nodes, of those that can be; an error where one that was named cannot. */
export function onNodes(
  simulations: readonly NamedSimulation[],
  nodes: number,
  isNamed: boolean,
): readonly NamedSimulation[] {
  if (nodes === 1) return simulations;
  const why = `replicates nothing, so it cannot be on ${nodes} nodes`;
  return varied(simulations, ({ onNodes: several }) => several?.(nodes), why, isNamed);
}

/** The same with so many messages at a time, of those that can be; an error where one that was named cannot. */
export function inBatches(
  simulations: readonly NamedSimulation[],
  messages: number | undefined,
  isNamed: boolean,
): readonly NamedSimulation[] {
  if (messages === undefined) return simulations;
  const why = 'has no batches to choose';
  return varied(simulations, ({ inBatches: batched }) => batched?.(messages), why, isNamed);
}

function varied(
  simulations: readonly NamedSimulation[],
  variantOf: (simulation: Simulation) => Simulation | undefined,
  whyNot: string,
  isNamed: boolean,
): readonly NamedSimulation[] {
  const variants = simulations.map(([id, simulation]) => [id, variantOf(simulation)] as const);
  const able = variants.flatMap(([id, variant]): readonly NamedSimulation[] =>
    variant === undefined ? [] : [[id, variant]],
  );
  const unable = variants.find(([, variant]) => variant === undefined);
  if (unable === undefined || !isNamed) return able;
  throw new AckmarkError('USAGE', `${unable[0]} ${whyNot}`, {
    hint:
      able.length === 0
        ? 'Of those that were named none can.'
        : `These can: ${able.map(([id]) => id).join(', ')}.`,
  });
}

/** Those with the rule in them; all of them where no rule is to be broken. */
export function withRule(
  simulations: readonly NamedSimulation[],
  broken: string | undefined,
): readonly NamedSimulation[] {
  if (broken === undefined) return simulations;
  const playing = simulations.filter(([, { rules }]) => Object.hasOwn(rules, broken));
  if (playing.length > 0) return playing;
  const rules = simulations.flatMap(([, simulation]) => Object.keys(simulation.rules));
  throw new AckmarkError(
    'USAGE',
    `--break: no rule is called ${JSON.stringify(broken)}${suggestion(broken, rules)}`,
    {
      hint: '`ackmark simulate --break help` lists them.',
    },
  );
}

/** Every rule that can be broken, with its story. */
export function ruleLines(simulations: readonly NamedSimulation[]): readonly string[] {
  return simulations.flatMap(([id, { rules }]) => {
    const width = Math.max(...Object.keys(rules).map((rule) => rule.length));
    return Object.entries(rules).map(([rule, story]) => `${id}  ${rule.padEnd(width)}  ${story}`);
  });
}
