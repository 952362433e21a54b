import { messagesOfStage, type Stage } from '../../../scenarios/load.ts';
import type { Timetable } from '../timetable.ts';

/** A stage with what came before it: messages and nanoseconds. */
interface Segment {
  readonly before: number;
  readonly startNs: number;
  /** Messages per nanosecond at its start, and how much more each nanosecond. */
  readonly rate: number;
  readonly slope: number;
  readonly messages: number;
  readonly durationNs: number;
}

/**
 * Stages of a rate r(t) that is constant or a ramp: R(t) is the area under it, and message k is due at R⁻¹(k).
 * Within a stage R is quadratic, R(t) = N + r t + s t² / 2; its inverse is taken as 2 n / (r + √(r² + 2 s n)),
 * which holds for a constant rate (s = 0) and for a ramp from nothing (r = 0) alike.
 */
export function stageTimetable(stages: readonly Stage[], total: number): Timetable {
  const segments = segmentsOf(stages);
  const timeNs = (index: number): number => Math.round(timeOf(segments, index));
  return {
    total,
    timeNs,
    dueBy: (elapsedNs) => {
      if (elapsedNs < 0) return 0;
      // Rounding may miss by some in either direction; the definition decides.
      let due = Math.min(total, Math.floor(countOf(segments, elapsedNs)) + 1);
      while (due > 0 && timeNs(due - 1) > elapsedNs) due -= 1;
      while (due < total && timeNs(due) <= elapsedNs) due += 1;
      return due;
    },
  };
}

function segmentsOf(stages: readonly Stage[]): readonly Segment[] {
  let before = 0;
  let startNs = 0;
  return stages.map((stage) => {
    const durationNs = stage.durationMs * 1e6;
    const rate = stage.fromPerSecond / 1e9;
    const slope = (stage.toPerSecond / 1e9 - rate) / durationNs;
    const segment = {
      before,
      startNs,
      rate,
      slope,
      messages: messagesOfStage(stage),
      durationNs,
    };
    before += segment.messages;
    startNs += durationNs;
    return segment;
  });
}

function timeOf(segments: readonly Segment[], index: number): number {
  const segment =
    segments.find(({ before, messages }) => index < before + messages) ?? segments.at(-1);
  if (segment === undefined) return 0;
  const { before, startNs, rate, slope, durationNs } = segment;
  const within = Math.max(0, index - before);
  if (within === 0) return startNs;
  const root = Math.sqrt(Math.max(0, rate * rate + 2 * slope * within));
  const afterNs = (2 * within) / (rate + root);
  return startNs + Math.min(afterNs, durationNs);
}

function countOf(segments: readonly Segment[], elapsedNs: number): number {
  const segment = segments.findLast(({ startNs }) => startNs <= elapsedNs);
  if (segment === undefined) return 0;
  const sinceNs = Math.min(elapsedNs - segment.startNs, segment.durationNs);
  return segment.before + sinceNs * (segment.rate + (segment.slope * sinceNs) / 2);
}
