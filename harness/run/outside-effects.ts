import { join } from 'node:path';
import { emptyEvent, EventKind } from '../core/events.ts';
import type { LedgerAccess, RunningLedger } from '../effects/ledger.ts';
import { startLedger } from '../effects/start-ledger.ts';
import { openProxies, type ProxyGroup } from '../fault/proxy.ts';
import type { Cell } from '../plan/cell.ts';
import type { RunEnvironment } from './environment.ts';
import type { Stage } from './stage.ts';
import { effectSink } from './transformation.ts';
import { within } from './within.ts';

const readBackMs = 30_000;

/** The effect that each message has is one outside the system; the outputs are judged by what transactions promise. */
export function hasOutsideEffects({ scenario: { workload } }: Pick<Cell, 'scenario'>): boolean {
  return workload.effects !== undefined;
}

/** The ledger of one cell, with the proxy before it where a fault needs one. */
export interface StagedLedger extends Pick<RunningLedger, 'title' | 'read' | 'stop'> {
  /** Of the jobs: through the proxy where there is one. */
  readonly access: LedgerAccess;
  readonly proxy: ProxyGroup | undefined;
}

/** @returns nothing where the scenario has no effects outside the system */
export async function openLedger(
  { scenario }: Cell,
  { host }: RunEnvironment,
  scratch: string,
): Promise<StagedLedger | undefined> {
  const { effects } = scenario.workload;
  if (effects === undefined) return undefined;
  const ledger = await startLedger(effects, host, join(scratch, 'ledger'));
  const isProxied = scenario.faults.some(({ kind }) => kind === 'lose-commit');
  if (!isProxied) return { ...ledger, proxy: undefined };
  try {
    return await proxied(ledger);
  } catch (error) {
    await ledger.stop();
    throw error;
  }
}

/** What is read back does not go through it. */
async function proxied(ledger: RunningLedger): Promise<StagedLedger> {
  const group = await openProxies(1, ledger.wire);
  const [proxy] = group.proxies;
  try {
    if (proxy === undefined) throw new RangeError('there is no proxy');
    await proxy.forwardTo(ledger.endpoint);
    return {
      ...ledger,
      access: { ...ledger.access, port: proxy.endpoint.port },
      proxy: group,
      stop: async () => {
        await group.close();
        await ledger.stop();
      },
    };
  } catch (error) {
    await group.close();
    throw error;
  }
}

/** Writes down what the drained cell did to its sink: what its ledger holds, or else which outputs were found. */
export async function readEffectsBack(stage: Stage): Promise<void> {
  const { history, ledger, environment } = stage;
  const { clock, signal } = environment;
  if (ledger === undefined) return history.readBack(clock.nowNs());
  const found = await within(ledger.read(), 'reading effects back', readBackMs, signal);
  const event = { ...emptyEvent(), timeNs: clock.nowNs(), scope: effectSink };
  for (let i = 0; i + 2 < found.length; i += 3) {
    const [lane, seq, ref] = found.slice(i, i + 3) as [number, number, number];
    history.collector.append({ ...event, kind: EventKind.sinkRead, lane, seq, ref });
  }
  history.collector.append({ ...event, kind: EventKind.sinkComplete });
}
