import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSink } from '../actors/tap-policy.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import type { Stage } from './stage.ts';
import { filesOf, tapsOf } from './taps.ts';

/**
 * Reads every row of every whole file and enters the events that have one into the history, where each must be. Rows of
 * one event are one: whoever loads such files knows them by their event, and what was written and not committed comes again.
 */
export function readRowsBack(stage: Stage): void {
  if (!tapsOf(stage.cell.scenario).some(({ tap }) => tap.does.kind === 'file')) return;
  const { history, environment, scratch } = stage;
  const directory = filesOf(scratch);
  const event = { ...emptyEvent(), timeNs: environment.clock.nowNs(), scope: fileSink };
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.csv')) continue;
    history.exercise.fileRead();
    for (const line of readFileSync(join(directory, name), 'utf8').split('\n')) {
      if (line === '') continue;
      const [lane = -1, seq = -1] = line.split(',').map(Number);
      if (!history.exercise.row(lane, seq)) continue;
      history.collector.append({ ...event, kind: EventKind.sinkRead, lane, seq, ref: 1 });
    }
  }
  history.collector.append({ ...event, kind: EventKind.sinkComplete });
}
