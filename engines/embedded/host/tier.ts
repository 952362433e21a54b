import { join } from 'node:path';
import { describeError } from '../../../harness/core/errors.ts';
import { plural } from '../../../harness/core/plural.ts';
import { TieredStorage } from '../journal/tiered-storage.ts';
import { FileStorage } from './file-storage.ts';

const moveEveryMs = 20;
const pieceBytes = 1024 * 1024;
/** What cannot be moved now is tried again after so many turns. */
const turnsToRetry = 50;
/** How often an operator hears of the tier, at most. */
const turnsToTell = 50;

/** Begins the line of the output that tells of the tier. */
export const tierLine = 'tier: ';

/**
 * Files in `data`, and the older segments in `data/tier`, which may be another disk, as soon as there are more
 * than `localBytes` of them. The broker's output says how many segments went there and how many reads came from there.
 */
export function openTieredFiles(
  data: string,
  localBytes: number,
  note: (line: string) => void,
): { readonly storage: TieredStorage; readonly tell: () => void } {
  let waitTurns = 0;
  const tier = new FileStorage(join(data, 'tier'));
  const storage = new TieredStorage(new FileStorage(data), tier, {
    localBytes,
    pieceBytes,
    onFailure: (error) => {
      waitTurns = turnsToRetry;
      note(`a segment cannot be moved to the tier: ${describeError(error)}`);
    },
  });
  let turns = 0;
  let told = '';
  const tell = (): void => {
    if (storage.tiered.size === 0) return;
    const reads = plural(storage.tierReads, 'read');
    const line = `${tierLine}${plural(storage.tiered.size, 'segment')}, ${reads}`;
    if (line !== told) note(line);
    told = line;
  };
  setInterval(() => {
    if (waitTurns > 0) waitTurns -= 1;
    else storage.move();
    turns += 1;
    if (turns % turnsToTell === 0) tell();
  }, moveEveryMs);
  return { storage, tell };
}
