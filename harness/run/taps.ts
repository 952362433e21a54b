import { join } from 'node:path';
import type { Scenario, Tap } from '../../scenarios/scenario.ts';
import { type UserSpec, usersOn } from '../actors/draws/users.ts';
import type { TapPolicy } from '../actors/tap-policy.ts';
import type { Cell } from '../plan/cell.ts';

/** A tap and the numbers that it has in its cell. */
export interface PlacedTap {
  readonly tap: Tap;
  readonly group: number;
  /** Of what its consumers set aside: destinations and groups come after all others. */
  readonly deadLetters: { readonly destination: number; readonly group: number } | undefined;
}

/** Taps read what jobs read, so that there are two destinations before those of dead letters. */
const firstDeadLetters = 2;

export function tapsOf({ topology }: Scenario): readonly PlacedTap[] {
  const taps = topology.taps ?? [];
  const sorting = taps.filter(({ does }) => does.kind === 'examine');
  const firstGroup = topology.subscriptions;
  return taps.map((tap, index): PlacedTap => {
    const number = sorting.indexOf(tap);
    const group = firstGroup + taps.length + number;
    const deadLetters = number < 0 ? undefined : { destination: firstDeadLetters + number, group };
    return { tap, group: firstGroup + index, deadLetters };
  });
}

/** Nothing of those that skip what they cannot decode. */
export function policyOf(cell: Cell, { tap, deadLetters }: PlacedTap, scratch: string): TapPolicy {
  const { does } = tap;
  const { undecodable, collected } = cell.profile;
  if (does.kind === 'file') {
    return {
      kind: 'file',
      directory: filesOf(scratch),
      flushRows: does.flushRows,
      flushEveryMs: does.flushEveryMs,
      isCommittedFirst: collected === 'committed-before-written',
    };
  }
  return {
    kind: 'examine',
    seed: cell.seed,
    undecodableOneIn: does.undecodableOneIn,
    retryPausesMs: does.retryPausesMs,
    deadLetters: undecodable === 'set-aside' ? deadLetters?.destination : undefined,
  };
}

/** Where the rows of a cell are written. */
export function filesOf(scratch: string): string {
  return join(scratch, 'rows');
}

/** Tables of a million users take a while: those of a cell are made once. */
const made = new WeakMap<Scenario, Map<number, UserSpec>>();

/** Whose names the messages of producers carry; undefined: nobody’s. */
export function usersOf({ scenario, loadSeed }: Cell): UserSpec | undefined {
  const { workload, topology } = scenario;
  const { users, keys } = workload;
  if (users === undefined) return undefined;
  const bySeed = made.get(scenario) ?? new Map<number, UserSpec>();
  made.set(scenario, bySeed);
  const { scopes } = topology;
  const spec = bySeed.get(loadSeed) ?? usersOn({ users, lanes: keys, scopes, seed: loadSeed });
  bySeed.set(loadSeed, spec);
  return spec;
}
