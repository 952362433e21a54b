/** One step of a small history of lane 0, scope 0: seq n stands at position n. */
export interface Step {
  readonly what: 'deliver' | 'process' | 'settle' | 'commit' | 'effect' | 'read' | 'complete';
  readonly seq: number;
  readonly outcome: 'ok' | 'fail' | 'unknown';
}

type Expected = number | 'undecided';

const sent = [0, 1, 2];
const strangers = [3, 4];

/** Where the readings back stand in the history. */
interface Readings {
  /** By reading: the indexes of its rows. */
  readonly rows: readonly (readonly number[])[];
  /** The first end of any, and the end and the rows of the last that had rows. */
  readonly firstEnd: number | undefined;
  readonly last: { readonly end: number; readonly rows: readonly number[] } | undefined;
}

function readingsOf(steps: readonly Step[]): Readings {
  const rows: number[][] = [];
  let firstEnd: number | undefined;
  let last: Readings['last'];
  let open: number[] | undefined;
  steps.forEach(({ what }, index) => {
    if (what === 'read') {
      if (open === undefined) rows.push((open = []));
      open.push(index);
    } else if (what === 'complete') {
      firstEnd ??= index;
      if (open !== undefined) last = { end: index, rows: open };
      open = undefined;
    }
  });
  return { rows, firstEnd, last };
}

/** Definition by definition over the whole list; seq 0 to 2 were sent, 3 and 4 were not. */
export function naiveEffects(steps: readonly Step[]): Record<'E1' | 'E2' | 'E3', Expected> {
  const readings = readingsOf(steps);
  const isRead = readings.firstEnd !== undefined;
  const lastEnd = readings.last?.end ?? readings.firstEnd ?? Number.POSITIVE_INFINITY;
  const indexesOf = (what: Step['what'], isMeant: (step: Step) => boolean): number[] =>
    steps.flatMap((step, index) => (step.what === what && isMeant(step) ? [index] : []));
  const copies = (seq: number): number =>
    Math.max(0, ...readings.rows.map((rows) => rows.filter((i) => steps[i]?.seq === seq).length));
  const answered = (seq: number, outcome: Step['outcome']): number[] =>
    indexesOf('effect', (step) => step.seq === seq && step.outcome === outcome);

  const workedAt = (seq: number): number => {
    const first = (...indexes: number[]): number => Math.min(Number.POSITIVE_INFINITY, ...indexes);
    const delivered = first(...indexesOf('deliver', (step) => step.seq === seq));
    const passed = first(...indexesOf('commit', (step) => step.seq > seq && step.outcome === 'ok'));
    const done = [...indexesOf('process', is(seq)), ...indexesOf('settle', is(seq))];
    return first(...done, Math.max(delivered, passed));
  };
  const missing = sent.filter((seq) => {
    const at = workedAt(seq);
    if (at === Number.POSITIVE_INFINITY || at > lastEnd) return false;
    return copies(seq) === 0 && (isRead || answered(seq, 'ok').length === 0);
  });
  const isMaybe = (seq: number): boolean => !isRead && answered(seq, 'unknown').length > 0;

  const isUnseen =
    (seq: number) =>
    (index: number): boolean => {
      if (!isRead) return true;
      const row = readings.last?.rows.find((at) => steps[at]?.seq === seq);
      return index > lastEnd || (row !== undefined && index > row);
    };
  const isTwice = (seq: number): boolean => {
    const all = answered(seq, 'ok');
    const unseen = all.filter(isUnseen(seq)).length;
    const added = unseen > 0 && all.length > 1 && copies(seq) > 0;
    return copies(seq) > 1 || unseen > 1 || added;
  };
  const mayBeTwice = (seq: number): boolean => {
    const [all, maybe] = [answered(seq, 'ok'), answered(seq, 'unknown')];
    const unseenMaybe = maybe.filter(isUnseen(seq)).length;
    const unseen = all.filter(isUnseen(seq)).length + unseenMaybe;
    const within = unseenMaybe > 0 && unseen > 1;
    const beside = unseen > 0 && copies(seq) > 0 && maybe.length > 0;
    return within || (beside && all.length + maybe.length > 1);
  };

  const foreign = [
    ...indexesOf('read', ({ seq }) => strangers.includes(seq)),
    ...indexesOf('effect', ({ seq, outcome }) => strangers.includes(seq) && outcome !== 'fail'),
  ];
  const undelivered = sent.filter(
    (seq) =>
      indexesOf('deliver', is(seq)).length === 0 && answered(seq, 'ok').length + copies(seq) > 0,
  );
  return {
    E1: decide(
      missing.filter((seq) => !isMaybe(seq)),
      missing.filter(isMaybe),
    ),
    E2: decide(sent.filter(isTwice), sent.filter(mayBeTwice)),
    E3: foreign.length + undelivered.length,
  };
}

function is(seq: number): (step: Step) => boolean {
  return (step) => step.seq === seq;
}

/** What is shown counts; where nothing is, what may be leaves it open. */
function decide(shown: readonly number[], possible: readonly number[]): Expected {
  return shown.length === 0 && possible.length > 0 ? 'undecided' : shown.length;
}
