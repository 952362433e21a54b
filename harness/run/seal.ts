import { createHash } from 'node:crypto';
import type { Disk } from '../history/disk.ts';
import type { JudgedCell } from '../record/schema.ts';

const name = 'seal';

/**
 * Beside the history of a cell stands a digest of all that its record says and that a judgement takes from
 * there (facts, lanes, faults, drain, claims). It finds what was edited afterwards, not a forger.
 */
export function writeSeal(directory: string, disk: Disk, cell: JudgedCell): void {
  const file = disk.create(`${directory}/${name}`);
  try {
    file.write(Buffer.from(digestOf(cell)), 0);
  } finally {
    file.close();
  }
}

/** Why the record of the cell cannot be believed, or undefined when it is what the run wrote. */
export function brokenSeal(directory: string, disk: Disk, cell: JudgedCell): string | undefined {
  const digest = digestOf(cell);
  if (!disk.list(directory).includes(name)) return 'the seal of its record is missing';
  const file = disk.open(`${directory}/${name}`);
  const written = Buffer.alloc(digest.length);
  try {
    file.read(written, 0);
  } finally {
    file.close();
  }
  return written.toString() === digest ? undefined : 'its record was changed after the run';
}

/** The verdict and what it is told with are left out: they are what is judged again. */
function digestOf(cell: JudgedCell): string {
  const {
    verdict: _verdict,
    reasons: _reasons,
    clauses: _clauses,
    counts: _counts,
    longestGapNs: _longestGapNs,
    ...rest
  } = cell;
  return createHash('sha256').update(canonical(rest)).digest('hex');
}

/** JSON with sorted keys: reading a record and writing it again may change their order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
