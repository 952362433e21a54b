import { join } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import type { PlannedEngine } from '../plan/cell.ts';
import type { RunEnvironment } from './environment.ts';
import { healingMs, wholeness } from './whole.ts';
import { externalTarget, type LiveTarget, startTarget } from './live-target.ts';

/**
 * Keeps targets alive between cells, each used by one cell at a time because a fault hits everybody on
 * it. A target that a cell left in doubt is taken down instead of handed on, and so is a cluster that does not prove
 * to be whole again.
 */
export interface TargetPool {
  acquire(planned: PlannedEngine, engine: Engine): Promise<LiveTarget>;
  release(planned: PlannedEngine, target: LiveTarget, state: 'healthy' | 'suspect'): Promise<void>;
  /** Takes every idle target down that none of the engines still ahead uses. */
  retire(ahead: readonly PlannedEngine[]): Promise<void>;
  close(): Promise<void>;
}

/** @param healMs how long a cluster has to become whole again before it is given up */
export function createTargetPool(environment: RunEnvironment, healMs = healingMs): TargetPool {
  const { clock, host, isRunning, progress, scratch, signal, variables } = environment;
  const idle = new Map<string, LiveTarget[]>();
  const all = new Set<LiveTarget>();
  let started = 0;
  const keyOf = (planned: PlannedEngine): string =>
    `${planned.module} ${JSON.stringify([planned.target, planned.settings])}`;
  const takeDown = async (target: LiveTarget): Promise<void> => {
    all.delete(target);
    await target.down();
  };
  const isWhole = async (target: LiveTarget): Promise<boolean> => {
    const found = await wholeness(target, isRunning, signal, healMs);
    if (found.is === 'whole') return true;
    const { title } = target.direct;
    progress.note(`${title} has not healed (${found.nodes.join(', ')}): another is started`);
    await takeDown(target);
    return false;
  };
  return {
    acquire: async (planned, engine) => {
      const waiting = idle.get(keyOf(planned))?.pop();
      if (waiting !== undefined && (await isWhole(waiting))) return waiting;
      started += 1;
      const place = join(scratch, 'targets', `${engine.id}-${started}`);
      const choice = planned.target;
      if (choice.kind === 'started') progress.provisioning(`${engine.id} (${choice.provisioner})`);
      const target =
        choice.kind === 'external'
          ? externalTarget(engine, choice.url, variables)
          : await startTarget({ ...planned, target: choice }, engine, place, host, clock, started);
      all.add(target);
      return target;
    },
    release: async (planned, target, state) => {
      if (state === 'suspect') return takeDown(target);
      const waiting = idle.get(keyOf(planned));
      if (waiting === undefined) idle.set(keyOf(planned), [target]);
      else waiting.push(target);
    },
    retire: async (ahead) => {
      const still = new Set(ahead.map(keyOf));
      for (const [key, targets] of idle) {
        if (still.has(key)) continue;
        idle.delete(key);
        await Promise.all(targets.map(takeDown));
      }
    },
    close: async () => {
      await Promise.allSettled([...all].map(takeDown));
    },
  };
}
