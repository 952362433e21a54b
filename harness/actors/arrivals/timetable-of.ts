import type { OpenLoad } from '../../../scenarios/load.ts';
import { constantTimetable, type Timetable } from '../timetable.ts';
import { burstTimetable } from './burst-timetable.ts';
import { poissonTimetable } from './poisson-timetable.ts';
import { stageTimetable } from './stage-timetable.ts';
import { traceTimetable } from './trace-timetable.ts';

/** The instants of the first `total` messages of a load: a pure function of the load and the seed. */
export function timetableOf(
  { ratePerSecond, arrivals = { kind: 'constant' } }: Pick<OpenLoad, 'ratePerSecond' | 'arrivals'>,
  total: number,
  seed: number,
): Timetable {
  switch (arrivals.kind) {
    case 'constant':
      return constantTimetable(ratePerSecond, total);
    case 'poisson':
      return poissonTimetable(ratePerSecond, total, seed);
    case 'bursts':
      return burstTimetable(arrivals.size, ratePerSecond, total);
    case 'stages':
      return stageTimetable(arrivals.stages, total);
    case 'trace':
      return traceTimetable(arrivals.offsetsNs, total);
  }
}

/** Messages after the first over the time that the timetable gives them, which is what a rate is made of. */
export function plannedRate(load: OpenLoad, seed: number): number {
  if (load.arrivals === undefined || load.arrivals.kind === 'constant') return load.ratePerSecond;
  const timetable = timetableOf(load, load.messages, seed);
  const spanNs = timetable.timeNs(load.messages - 1) - timetable.timeNs(0);
  return spanNs > 0 ? ((load.messages - 1) * 1e9) / spanNs : 0;
}
