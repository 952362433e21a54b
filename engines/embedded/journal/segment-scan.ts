import {
  decodeSegmentHeader,
  findRecord,
  type JournalRecord,
  possibleSalts,
  readRecord,
  recordHeaderBytes,
  type SegmentHeader,
  segmentHeaderBytes,
} from './record.ts';
import type { Storage } from './storage.ts';

/** Where a segment is not what was written. */
export interface Damage {
  /**
   * `torn`: no intact header or record. `gap`: entries before the segment are missing. `misnumbered`: an intact
   * record that does not belong there, which no loss of power makes.
   */
  readonly kind: 'torn' | 'gap' | 'misnumbered';
  /** Byte of the segment. */
  readonly at: number;
  readonly what: string;
}

/** What a segment shows of itself; nothing is concluded yet. */
export interface SegmentScan {
  readonly segment: number;
  readonly bytes: number;
  /** Undefined where it is damaged. */
  readonly header: SegmentHeader | undefined;
  /** Index after the last entry before the damage, or of the segment. */
  readonly nextIndex: number;
  readonly damage: Damage | undefined;
  /** Byte where the first intact record behind the damage starts. */
  readonly intactAt: number | undefined;
  /** Entries below it had been synced, as any intact record of the segment says. */
  readonly synced: number;
  /** Checkpoints that are complete here. */
  readonly checkpoints: readonly Checkpoint[];
}

export interface Checkpoint {
  /** Where it begins. */
  readonly segment: number;
  /** Of its last record. */
  readonly endIndex: number;
}

export function scanSegment(storage: Storage, segment: number): SegmentScan {
  const bytes = readWhole(storage, segment);
  const header = decodeSegmentHeader(bytes);
  const checkpoints: Checkpoint[] = [];
  const shown = { segment, bytes: bytes.length, checkpoints };
  if (header === undefined) {
    const behind = possibleSalts(bytes).map((salt) => lookBehind(bytes, 1, salt));
    const found = behind.find(({ intactAt }) => intactAt !== undefined) ?? nothing;
    const damage = { kind: 'torn', at: 0, what: 'has a damaged header' } as const;
    return { ...shown, header, nextIndex: 0, damage, ...found };
  }
  let nextIndex = header.firstIndex;
  let synced = 0;
  let at = segmentHeaderBytes;
  for (const record of recordsOf(bytes, header.salt)) {
    if (record.index !== nextIndex) {
      const what = `holds entry ${record.index}, expected ${nextIndex}`;
      const intactAt = record.from - recordHeaderBytes;
      const damage = { kind: 'misnumbered', at: intactAt, what } as const;
      return { ...shown, header, nextIndex, damage, intactAt, synced };
    }
    nextIndex += 1;
    if (record.kind === 'end') {
      checkpoints.push({ segment: bytes.readUInt32BE(record.from), endIndex: record.index });
    }
    synced = Math.max(synced, record.synced);
    at = record.to;
  }
  const isWhole = at === bytes.length;
  const damage = isWhole ? undefined : ({ kind: 'torn', at, what: 'is damaged' } as const);
  const behind = isWhole ? nothing : lookBehind(bytes, at + 1, header.salt);
  const { intactAt } = behind;
  synced = Math.max(synced, behind.synced);
  return { ...shown, header, nextIndex, damage, intactAt, synced };
}

/** The segment's records up to the first that is not intact. */
export function* recordsOf(bytes: Buffer, salt: number): Generator<JournalRecord> {
  let record = readRecord(bytes, segmentHeaderBytes, salt);
  while (record !== undefined) {
    yield record;
    record = readRecord(bytes, record.to, salt);
  }
}

export function readWhole(storage: Storage, segment: number): Buffer {
  const bytes = Buffer.allocUnsafe(storage.size(segment));
  storage.read(segment, 0, bytes);
  return bytes;
}

const nothing = { intactAt: undefined, synced: 0 } as const;

function lookBehind(
  bytes: Buffer,
  at: number,
  salt: number,
): Pick<SegmentScan, 'intactAt' | 'synced'> {
  const first = findRecord(bytes, at, salt);
  let synced = 0;
  for (let record = first; record !== undefined; record = findRecord(bytes, record.to, salt)) {
    synced = Math.max(synced, record.synced);
  }
  return { intactAt: first === undefined ? undefined : first.from - recordHeaderBytes, synced };
}
