import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ActorContext,
  Administration,
  Deployed,
  DestinationSpec,
  Engine,
  Session,
  Target,
  Topology,
} from '../../engines/engine.ts';
import type { WorkerGroup } from '../actors/actor.ts';
import { createWorkerGroup } from '../actors/worker-group.ts';
import type { Cell } from '../plan/cell.ts';
import { editionOf } from '../plan/edition.ts';
import { type CellHistory, openCellHistory } from './cell-history.ts';
import { atLimitOf, limited } from './dead-letters.ts';
import type { RunEnvironment } from './environment.ts';
import type { LiveTarget } from './live-target.ts';
import { openLedger, type StagedLedger } from './outside-effects.ts';
import { Phases } from './phases.ts';
import { routedTopology } from './routed-cell.ts';
import { filesOf, tapsOf } from './taps.ts';
import { Troupe } from './troupe.ts';
import { Windows } from './windows.ts';
import { within } from './within.ts';
import { outcomeNameIn } from './outcome-name.ts';

/** Longer than any broker takes to make or remove the destinations of one cell. */
const administrationMs = 60_000;

/** Everything that one cell set up, and that must be taken down again whatever happens. */
export interface Stage {
  /** With what its profile promises of the version that was found. */
  readonly cell: Cell;
  readonly live: LiveTarget;
  readonly environment: RunEnvironment;
  /** What the actors talk to: through the proxy only where a fault needs it. */
  readonly target: Target;
  /** A session beside those of the actors. */
  readonly connect: (context: ActorContext) => Promise<Session>;
  /** What a code of the engine means. */
  readonly outcomeName: (code: number) => string;
  readonly administration: Administration;
  readonly deployed: Deployed;
  readonly history: CellHistory;
  readonly phases: Phases;
  readonly windows: Windows;
  readonly workers: WorkerGroup;
  readonly troupe: Troupe;
  readonly scratch: string;
  /** Where effects outside the system are applied; undefined where there are none. */
  readonly ledger: StagedLedger | undefined;
  /** By their numbers in the routing plan; changes while the cell is played. */
  readonly bindingsInForce: Set<number>;
  close(): Promise<void>;
}

export async function openStage(
  cell: Cell,
  engine: Engine,
  live: LiveTarget,
  environment: RunEnvironment,
): Promise<Stage> {
  const scratch = join(environment.scratch, `cell-${cell.index}`);
  mkdirSync(filesOf(scratch), { recursive: true });
  const ledger = await openLedger(cell, environment, scratch);
  try {
    return await stageWith({ scratch, ledger }, cell, engine, live, environment);
  } catch (error) {
    await ledger?.stop();
    throw error;
  }
}

async function stageWith(
  { scratch, ledger }: Pick<Stage, 'scratch' | 'ledger'>,
  cell: Cell,
  engine: Engine,
  live: LiveTarget,
  environment: RunEnvironment,
): Promise<Stage> {
  const target = await targetFor(cell, live);
  const { signal } = environment;
  const administration = await within(
    engine.administer(live.direct, cell.profile.options),
    'administer',
    administrationMs,
    signal,
  );
  let deployed: Deployed;
  try {
    deployed = await within(
      administration.apply(topologyOf(cell, environment.brokerKey)),
      'apply',
      administrationMs,
      signal,
    );
  } catch (error) {
    await within(administration.close(), 'close', administrationMs);
    throw error;
  }
  const found = {
    ...cell,
    profile: editionOf(cell.profile, deployed.version),
    claimed: cell.claimed && deployed.nothingClaimed === undefined,
  };
  const troupe = new Troupe();
  const windows = new Windows(environment.clock, troupe);
  const history = openCellHistory(found, environment, windows, ledger?.title);
  const workers = createWorkerGroup();
  return {
    cell: found,
    live,
    environment,
    target,
    connect: (context) => engine.connect(target, cell.profile.options, context),
    outcomeName: (code) => outcomeNameIn(engine.outcomes, code),
    administration,
    deployed,
    history,
    phases: new Phases(environment.clock, history.collector, (phase) => {
      windows.phase(phase);
      environment.progress.phase(cell.id, phase);
    }),
    windows,
    workers,
    troupe,
    scratch,
    ledger,
    bindingsInForce: new Set(cell.scenario.topology.routing?.initially),
    close: async () => {
      try {
        await workers.close();
        history.seal();
        await within(administration.remove(deployed), 'remove', administrationMs);
      } finally {
        await ledger?.stop();
        await within(administration.close(), 'close', administrationMs);
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

async function targetFor(cell: Cell, live: LiveTarget): Promise<Target> {
  const needsProxy = cell.scenario.faults.some((fault) => fault.kind === 'lose-response');
  if (!needsProxy || live.access.kind !== 'started') return live.direct;
  // Measured before the load, which it would disturb.
  await live.access.addedLatency();
  return live.access.proxied;
}

function topologyOf(cell: Cell, brokerKey: string): Topology {
  const { topology, workload } = cell.scenario;
  const transforms = workload.transformers > 0;
  const atLimit = atLimitOf(cell);
  const prefix = `ackmark-${brokerKey}-${cell.index}`;
  if (topology.routing !== undefined) {
    return routedTopology(topology.routing, topology.scopes, prefix);
  }
  const dead = atLimit.becomes === 'dead-letter' ? [atLimit] : [];
  const destination = (index: number, scopes = topology.scopes): DestinationSpec => ({
    name: `${prefix}-d${index}`,
    scopes,
  });
  const taps = tapsOf(cell.scenario);
  const setAside = taps.flatMap(({ deadLetters }) => deadLetters ?? []);
  const group = (index: number, to: number) => ({ name: `${prefix}-g${index}`, destination: to });
  return {
    destinations: [
      ...(transforms ? [0, 1] : [0]).map((index) => destination(index)),
      ...dead.map((of) => destination(of.destination)),
      ...setAside.map((of) => destination(of.destination, 1)),
    ],
    subscriptions: [
      ...Array.from({ length: topology.subscriptions }, (_, index) => {
        const spec = {
          name: `${prefix}-g${index}`,
          destination: transforms && index > 0 ? 1 : 0,
        };
        return limited(spec, cell, index);
      }),
      ...dead.map((of) => group(of.reader, of.destination)),
      ...taps.map((tap) => group(tap.group, 0)),
      ...setAside.map((of) => group(of.group, of.destination)),
    ],
  };
}
