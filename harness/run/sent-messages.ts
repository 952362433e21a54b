import type { CountsRecord } from '../record/schema.ts';
import type { Stage } from './stage.ts';

/** Where messages are transformed, only what went in and what came out in the end: not the half-way. */
export function messagesOf(
  { cell, troupe }: Stage,
  counts: CountsRecord,
): Pick<CountsRecord, 'sent' | 'delivered'> {
  if (cell.scenario.workload.transformers === 0) return counts;
  const delivered = troupe.consumers.map((consumer) => consumer.counters().delivered);
  return { sent: troupe.sent(), delivered: delivered.reduce((sum, copies) => sum + copies, 0) };
}
