import { median } from '../../core/statistics/median.ts';
import type { JudgedCell, SecondRow } from '../../record/schema.ts';
import { type Measured, missing } from './measured.ts';

const recoveredShare = 0.9;

/**
 * From the start of a fault to the end of the first second after it that is as good as those before: as much was
 * sent and as much of it arrived, within a tenth. A second without load proves nothing, nor does one in which a
 * trickle is carried: a broker that never came back answers all of the nothing that it is sent.
 */
export function recovery(at: number, cell: JudgedCell): Measured {
  const fault = cell.faults[at];
  if (fault === undefined) return missing(`there was no fault[${at}]`);
  if (!fault.bit) return missing(`fault[${at}] did not happen as planned`);
  if (cell.series.length < cell.seriesTotal) {
    return missing(`only ${cell.series.length} of ${cell.seriesTotal} seconds were kept`);
  }
  const before = sentBefore(Math.min(...cell.faults.map(({ startedNs }) => startedNs)), cell);
  if (before === undefined) {
    return missing(`nothing was sent in a whole second before fault[${at}] to compare with`);
  }
  const isAnswered = cell.judging.sendReply === 'each';
  const after = cell.series.find((row) => {
    const arrived = isAnswered ? row.acknowledged : row.delivered;
    const isLoaded = row.sent >= before * recoveredShare;
    return row.second * 1e9 >= fault.stoppedNs && isLoaded && arrived >= row.sent * recoveredShare;
  });
  return after === undefined
    ? missing('it did not recover while there was load')
    : { is: 'value', value: (after.second + 1) * 1e9 - fault.startedNs };
}

/**
 * Messages a second in the whole seconds before any fault, their median; undefined: there is none that was loaded. The
 * first second with a send began somewhere inside it, so that it counts only where it is alone.
 */
function sentBefore(firstFaultNs: number, { series }: JudgedCell): number | undefined {
  const loaded = series.filter(
    ({ second, sent }: SecondRow) => (second + 1) * 1e9 <= firstFaultNs && sent > 0,
  );
  const whole = loaded.length > 1 ? loaded.slice(1) : loaded;
  return whole.length === 0 ? undefined : median(whole.map(({ sent }) => sent));
}
