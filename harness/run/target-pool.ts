import { join } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import type { PlannedEngine } from '../plan/cell.ts';
import type { RunEnvironment } from './environment.ts';
import { externalTarget, type LiveTarget, startTarget } from './live-target.ts';

/**
 * Keeps targets alive between cells, each used by one cell at a time because a fault hits everybody on
 * it. A target that a cell left in doubt is taken down instead of handed on.
 */
export interface TargetPool {
  acquire(planned: PlannedEngine, engine: Engine): Promise<LiveTarget>;
  release(planned: PlannedEngine, target: LiveTarget, state: 'healthy' | 'suspect'): Promise<void>;
  /** Takes every idle target down that none of the engines still ahead uses. */
  retire(ahead: readonly PlannedEngine[]): Promise<void>;
  close(): Promise<void>;
}

export function createTargetPool(environment: RunEnvironment): TargetPool {
  const { clock, host, progress, scratch, variables } = environment;
  const idle = new Map<string, LiveTarget[]>();
  const all = new Set<LiveTarget>();
  let started = 0;
  const keyOf = (planned: PlannedEngine): string =>
    `${planned.module} ${JSON.stringify([planned.target, planned.settings])}`;
  const takeDown = async (target: LiveTarget): Promise<void> => {
    all.delete(target);
    await target.down();
  };
  return {
    acquire: async (planned, engine) => {
      const waiting = idle.get(keyOf(planned))?.pop();
      if (waiting !== undefined) return waiting;
      started += 1;
      const place = join(scratch, 'targets', `${engine.id}-${started}`);
      const choice = planned.target;
      if (choice.kind === 'started') progress.provisioning(`${engine.id} (${choice.provisioner})`);
      const target =
        choice.kind === 'external'
          ? externalTarget(engine, choice.url, variables)
          : await startTarget({ ...planned, target: choice }, engine, place, host, clock);
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
