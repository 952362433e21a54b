import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellRecord, JudgedCell } from '../../../harness/record/schema.ts';
import type { SentenceRecord } from '../../../harness/record/textbook-schema.ts';
import { judgeTextbook } from '../../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../../harness/textbook/textbook.ts';
import { references, sentences } from '../../../scenarios/textbook/catalog.ts';
import type { Sentence } from '../../../scenarios/textbook/sentence.ts';
import type { identity } from '../../reports/fixtures/cell.ts';
import { plantedCells, withoutFaults, withoutSide } from './planted.ts';

const enginesOf = ({ trials }: Sentence): readonly string[] => [
  ...new Set(trials.flatMap(({ systems }) => Object.keys(systems))),
];
const ownOf = (sentence: Sentence): readonly string[] =>
  enginesOf(sentence).filter((engine) => references.includes(engine));

function verdictOf(sentence: Sentence, cells: readonly CellRecord[]): SentenceRecord {
  const [record] = judgeTextbook(textbookOf([sentence]), cells);
  if (record === undefined) throw new Error('the sentence was not judged');
  return record;
}

const byId = (id: string): Sentence => {
  const sentence = sentences.find((candidate) => candidate.id === id);
  if (sentence === undefined) throw new Error(`no sentence ${id}`);
  return sentence;
};

describe.each(sentences.map((sentence) => [sentence.id, sentence] as const))(
  'sentence %s',
  (_id, sentence) => {
    const own = plantedCells(sentence, ownOf(sentence));

    const asSaid = sentence.amount === undefined ? 'held-reference-only' : 'measured';

    it('holds for reference only, or is measured, where the embedded engines alone show what it says', () => {
      expect(verdictOf(sentence, own).verdict).toBe(asSaid);
    });

    it('does not hold when its mechanism is switched off', () => {
      const off = plantedCells(sentence, ownOf(sentence), 'control');
      const record = verdictOf(sentence, off);
      expect(record.verdict).toBe('did-not-hold');
      expect(record.trials[0]?.systems[0]?.treatment).toMatchObject({ outcome: 'otherwise' });
    });

    it('is inconclusive when its faults are disabled', () => {
      expect(verdictOf(sentence, withoutFaults(own)).verdict).toBe('inconclusive');
    });

    it('is inconclusive when its faults did not bite', () => {
      const dull = own.map((cell) => ({
        ...cell,
        faults: cell.faults.map((fault) => ({ ...fault, bit: false })),
      }));
      const struck = own.some(({ faults }) => faults.length > 0);
      expect(verdictOf(sentence, dull).verdict).toBe(struck ? 'inconclusive' : asSaid);
    });

    it('proves nothing without its control, or without its treatment', () => {
      for (const role of ['treatment', 'control'] as const) {
        const half = withoutSide(own, sentence, role);
        expect(['inconclusive', 'not-run']).toContain(verdictOf(sentence, half).verdict);
      }
    });

    it('was not run in a record without any of its cells', () => {
      expect(verdictOf(sentence, [])).toMatchObject({ verdict: 'not-run' });
    });

    it('names what is seen, and the command that shows it again', () => {
      const { trials } = verdictOf(sentence, own);
      const systems = trials.flatMap((trial) => trial.systems);
      for (const { engine, treatment, control } of systems) {
        if (!references.includes(engine)) continue;
        for (const side of [treatment, control]) {
          expect(side.seen.join(), side.profile).toMatch(/\d/);
          expect(side.replay).toContain(`--scenario ${side.scenario}`);
        }
      }
    });
  },
);

describe('a verdict', () => {
  const routing = byId('13');

  it('is held where every required system shows it, too', () => {
    const record = verdictOf(routing, plantedCells(routing, ['broker', 'rabbitmq']));
    expect(record).toMatchObject({ verdict: 'held', because: 'on broker, rabbitmq' });
  });

  it('depends on the system where one shows it and another does not', () => {
    const cells = [
      ...plantedCells(routing, ['broker']),
      ...plantedCells(routing, ['rabbitmq'], 'control'),
    ];
    const record = verdictOf(routing, cells);
    expect(record.verdict).toBe('depends');
    expect(record.because).toContain('held on broker, and not on rabbitmq');
  });

  it('is not run while a required system is missing, though another one was asked', () => {
    const record = verdictOf(byId('14'), [...plantedCells(byId('14'), ['broker', 'rabbitmq'])]);
    expect(record.verdict).toBe('not-run');
    expect(record.because).toMatch(/^0 of 2 required targets.*not asked: kafka$/);
  });

  it('is not run where a required system has no profile for one of the trials', () => {
    const third = byId('3');
    const record = verdictOf(third, plantedCells(third, ['log', 'kafka']));
    expect(record.verdict).toBe('not-run');
    expect(record.because).toBe(
      '0 of 1 required target, held on log, kafka; not all of it can be asked of kafka yet',
    );
  });

  it('about effects in another system says nothing of cells that had theirs elsewhere', () => {
    const fourth = byId('4');
    const elsewhere = plantedCells(fourth, ['log']).map((cell) => ({
      ...cell,
      facts: { ...cell.facts, sinks: [{ name: 'the effect ledger (SQLite)' }] },
    }));
    const record = verdictOf(fourth, elsewhere);
    expect(record.verdict).toBe('inconclusive');
    const seen = record.trials[0]?.systems[0]?.treatment.seen;
    expect(seen?.[0]).toContain('its effects were not in PostgreSQL');
  });

  it('is inconclusive where a cell ended in an error, and says which', () => {
    const [first, ...rest] = plantedCells(routing, ['broker']);
    if (first === undefined) throw new Error('no cell');
    const failed: CellRecord = {
      status: 'error',
      ...identityOf(first),
      error: { code: 'TARGET_NOT_READY', message: 'no broker', hint: '' },
    };
    const record = verdictOf(routing, [failed, ...rest]);
    expect(record.verdict).toBe('inconclusive');
    const sides = record.trials[0]?.systems[0];
    expect([sides?.treatment.seen, sides?.control.seen].flat()).toContain(
      'TARGET_NOT_READY: no broker',
    );
  });

  it('is inconclusive where one round of several lacks its evidence', () => {
    const cells = plantedCells(routing, ['broker']);
    const second = cells.map(
      (cell): JudgedCell => ({
        ...cell,
        id: cell.id.replace(/1$/, '2'),
        round: 2,
        verdict: 'inconclusive',
        reasons: ['not drained'],
        drain: { ...cell.drain, complete: false },
      }),
    );
    expect(verdictOf(routing, [...cells, ...second]).verdict).toBe('inconclusive');
  });

  it('is not made from what was planted as a control of the checks', () => {
    const planted = plantedCells(routing, ['broker']).map(
      (cell): JudgedCell => ({
        ...cell,
        control: { kind: 'planted', plant: 'swallow-delivery', shows: ['R1'] },
      }),
    );
    expect(verdictOf(routing, planted).verdict).toBe('not-run');
  });
});

/** All that a cell is before it runs. */
function identityOf(cell: JudgedCell): ReturnType<typeof identity> {
  const { id, index, engine, profile, family, scenario, scenarioSummary, load, round } = cell;
  const { seed, kind, control, level, promises, claimed, under, claimSource, replay } = cell;
  const before = { id, index, engine, profile, family, scenario, scenarioSummary, load, round };
  return {
    ...before,
    seed,
    kind,
    control,
    level,
    promises,
    claimed,
    under,
    claimSource,
    replay,
  };
}

/** What takes the evidence out of a cell, one way or another. */
const losses: Readonly<Record<string, (cell: JudgedCell) => CellRecord | undefined>> = {
  gone: () => undefined,
  unsupported: (cell) => ({ status: 'unsupported', ...identityOf(cell), reason: 'no wire' }),
  failed: (cell) => ({
    status: 'error',
    ...identityOf(cell),
    error: { code: 'IO', message: 'broke', hint: '' },
  }),
  inconclusive: (cell) => ({ ...withoutFindings(cell), verdict: 'inconclusive', reasons: ['?'] }),
  undrained: (cell) => ({
    ...withoutFindings(cell),
    drain: { ...cell.drain, complete: false },
  }),
  undecided: (cell) => ({
    ...withoutFindings(cell),
    clauses: cell.clauses.map((clause) => ({ ...clause, state: 'undecided', count: 0 })),
  }),
  unexposed: (cell) => ({
    ...withoutFindings(cell),
    clauses: cell.clauses.map((clause) => ({ ...clause, exposure: 0, count: 0 })),
  }),
  unchecked: (cell) => ({ ...withoutFindings(cell), clauses: [] }),
};

/** A proof stands in whatever cell it was found; what is left is what was not seen. */
function withoutFindings(cell: JudgedCell): JudgedCell {
  const clauses = cell.clauses.map((clause) => ({ ...clause, count: 0 }));
  const faults = cell.faults.map((fault) => ({ ...fault, evidence: [] }));
  const counts = { ...cell.counts, redelivered: 0 };
  const untimed = { status: 'untimed', reason: '?' } as const;
  const none = { backlog: null, reading: null, replies: null, windows: [] };
  return { ...cell, clauses, faults, counts, performance: untimed, ...none };
}

describe('a record without evidence', () => {
  const recorded = new Map(
    sentences.map((sentence) => [sentence.id, plantedCells(sentence, enginesOf(sentence))]),
  );
  const which = fc.constantFrom(...sentences.map(({ id }) => id));
  const way = fc.constantFrom(...Object.keys(losses));

  it('never yields held, whichever way each of its cells lost it', () => {
    fc.assert(
      fc.property(which, fc.array(way, { minLength: 60, maxLength: 60 }), (id, ways) => {
        const cells = recorded.get(id) ?? [];
        const left = cells.flatMap((cell, at) => lostBy(ways[at] ?? 'gone', cell));
        expect(verdictOf(byId(id), left).verdict).not.toMatch(/^(held|measured)/);
      }),
      { numRuns: 300 },
    );
  });

  it('of one cell is enough to leave its sentence without a verdict', () => {
    fc.assert(
      fc.property(which, fc.nat(), way, (id, pick, lost) => {
        const cells = recorded.get(id) ?? [];
        const at = pick % cells.length;
        const left = cells.flatMap((cell, index) => (index === at ? lostBy(lost, cell) : [cell]));
        expect(verdictOf(byId(id), left).verdict).not.toMatch(/^(held|measured)/);
      }),
      { numRuns: 300 },
    );
  });
});

function lostBy(way: string, cell: JudgedCell): readonly CellRecord[] {
  const left = losses[way]?.(cell);
  return left === undefined ? [] : [left];
}
