import {
  type FaultPart,
  faultParts,
  type WindowOf,
  type WindowPhase,
} from '../record/window-schema.ts';

/** A stretch of a cell's time in which nothing changed by which its figures are told apart. */
export interface Epoch {
  readonly startNs: number;
  readonly endNs: number;
  readonly phase: WindowPhase;
  /** Of the arrivals; -1 where they have none. */
  readonly stage: number;
  /** The last fault that had begun, by its place among all of the cell. */
  readonly fault: { readonly index: number; readonly isOver: boolean } | undefined;
}

/** Most epochs of a cell: each costs every actor the encoding of its histograms. */
export const maximumEpochs = 256;
/** Most stages that have figures of their own; phases and faults need the other epochs. */
export const maximumStages = 100;

/** What a row is of, and the epochs (by number) that it is made of. */
export interface EpochGroup {
  readonly of: WindowOf;
  readonly epochs: readonly number[];
  /** Those in which a latency counts here, when it is one of a message that warmed nothing up. */
  readonly measured: readonly number[];
}

/**
 * Phases first, then the stages of the arrivals, then what lies before, within and behind each fault. A group without
 * any time is left out.
 *
 * @param stages as they were asked for
 */
export function groupsOf(epochs: readonly Epoch[], stages: readonly string[]): EpochGroup[] {
  const where = (is: (epoch: Epoch) => boolean): number[] =>
    epochs.flatMap((epoch, number) => (is(epoch) ? [number] : []));
  const group = (of: WindowOf, numbers: readonly number[]): EpochGroup => ({
    of,
    epochs: numbers,
    measured: numbers,
  });
  const warmup = where(({ phase }) => phase === 'warmup');
  const load = where(({ phase }) => phase === 'load');
  const phases: EpochGroup[] = [
    { of: { kind: 'phase', phase: 'warmup' }, epochs: warmup, measured: [] },
    // A message may be the first that counts a moment before the load is said to have warmed up.
    { of: { kind: 'phase', phase: 'load' }, epochs: load, measured: [...warmup, ...load] },
    group(
      { kind: 'phase', phase: 'drain' },
      where(({ phase }) => phase === 'drain'),
    ),
  ];
  const staged = stages.map((arrivals, stage) =>
    group(
      { kind: 'stage', stage, arrivals },
      where((epoch) => epoch.stage === stage && epoch.phase !== 'drain'),
    ),
  );
  return [...phases, ...staged, ...faultGroups(epochs)].filter((each) => each.epochs.length > 0);
}

function faultGroups(epochs: readonly Epoch[]): EpochGroup[] {
  const begun = [...new Set(epochs.flatMap(({ fault }) => fault?.index ?? []))];
  return begun.flatMap((index, at) => {
    const previous = begun[at - 1];
    const isOf: Readonly<Record<FaultPart, (epoch: Epoch) => boolean>> = {
      before: ({ fault, phase }) =>
        phase !== 'drain' &&
        (fault === undefined ? at === 0 : fault.isOver && fault.index === previous),
      during: ({ fault }) => fault?.index === index && !fault.isOver,
      after: ({ fault, phase }) => phase !== 'drain' && fault?.index === index && fault.isOver,
    };
    return faultParts.map((part): EpochGroup => {
      const numbers = epochs.flatMap((epoch, number) => (isOf[part](epoch) ? [number] : []));
      return { of: { kind: 'fault', fault: index, part }, epochs: numbers, measured: numbers };
    });
  });
}
