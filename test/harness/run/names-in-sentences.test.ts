import { describe, expect, it } from 'vitest';
import { checkModules } from '../../../harness/check/catalog.ts';
import { informative } from '../../../harness/core/anomalies.ts';
import { defaultFailOn } from '../../../harness/gate/gate.ts';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { checkHistory } from '../../../harness/run/foreign/check-history.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import { MemoryDisk } from '../history/memory-disk.ts';
import { delivered, healthy, lines, sent } from '../import/lines-of.ts';

async function judged(text: readonly string[]): Promise<JudgedCell> {
  const disk = new MemoryDisk();
  disk.create('/h.ndjson').write(Buffer.from(`${text.join('\n')}\n`), 0);
  const { record } = await checkHistory({
    sources: [{ path: '/h.ndjson', name: 'h.ndjson' }],
    scratch: '/scratch',
    disk,
    claim: { level: 'exactly-once', promises: [], minimumAcknowledged: 1, minimumDelivered: 1 },
    lenient: false,
    workers: 1,
    signal: new AbortController().signal,
    replay: 'ackmark check h.ndjson',
    failOn: defaultFailOn,
    heading: runOf([]),
  });
  const [cell] = record.cells;
  if (cell?.status !== 'judged') throw new Error('the history was not judged');
  return cell;
}

/** Whatever a reader is told about the history in sentences. */
function sentencesOf({ reasons, clauses }: JudgedCell): readonly string[] {
  const notes = clauses.flatMap(({ witnesses }) => witnesses.flatMap(({ note }) => note));
  return [...reasons, ...clauses.map(({ reason }) => reason), ...notes];
}

/** All examples name their groups, scopes, sinks and routes with a letter first. */
const byNumber = /\b(?:subscription|group|scope|child|sink|route)s? \d/;

describe('what is said of a history calls its things by their names', () => {
  it.each(checkModules.map(({ id, example }) => [id, example] as const))(
    'in the findings of %s',
    async (id, example) => {
      const cell = await judged(example);
      const found = cell.clauses.find(({ check }) => check === id);
      expect((found?.count ?? 0) > 0).toBe(!informative.has(id));
      expect(sentencesOf(cell).filter((sentence) => byNumber.test(sentence))).toEqual([]);
    },
  );

  it.each(checkModules.map(({ id, example }) => [id, example] as const))(
    'in why %s is undecided where nothing is drained',
    async (_id, example) => {
      const cell = await judged(example.filter((line) => !line.includes('"drain.complete"')));
      expect(sentencesOf(cell).filter((sentence) => byNumber.test(sentence))).toEqual([]);
    },
  );

  it('one subscription and several', async () => {
    const one = await judged(lines(...healthy.slice(0, -1)));
    expect(sentencesOf(one)).toContainEqual('subscription g was not drained');
    const two = await judged(
      lines(...sent(1, 'a', 0), delivered(3, 'a', 0), { ...delivered(4, 'a', 0), group: 'audit' }),
    );
    expect(sentencesOf(two)).toContainEqual('subscriptions g, audit were not drained');
  });
});
