import type { Answer } from './settling.ts';

/**
 * Partitions that a failed call was nevertheless acknowledged for, in any of its attempts, later ones
 * last. The client attaches them in two places: whole brokers that answered (`produced.offsets`), and the
 * response of a broker that refused only some of its partitions (`response` beside the refusals).
 */
export function answeredPartitions(error: unknown): readonly Answer[] {
  const answers: Answer[] = [];
  const pending: unknown[] = [error];
  const seen = new Set<unknown>();
  while (pending.length > 0) {
    const next = record(pending.pop());
    if (next === undefined || seen.has(next)) continue;
    seen.add(next);
    answers.push(...acceptedIn(next['response']), ...producedOffsets(next['produced']));
    const inner = next['errors'];
    if (Array.isArray(inner)) for (let i = inner.length - 1; i >= 0; i -= 1) pending.push(inner[i]);
  }
  return answers;
}

function producedOffsets(produced: unknown): readonly Answer[] {
  const offsets = record(produced)?.['offsets'];
  return listOf(offsets).flatMap((one) => answer(record(one), 'partition', 'offset'));
}

function acceptedIn(response: unknown): readonly Answer[] {
  return listOf(record(response)?.['responses']).flatMap((one) => {
    const topic = record(one)?.['name'];
    return listOf(record(one)?.['partitionResponses']).flatMap((partition) => {
      const fields = record(partition);
      return fields?.['errorCode'] === 0 ? answer({ ...fields, topic }, 'index', 'baseOffset') : [];
    });
  });
}

function answer(
  fields: Record<string, unknown> | undefined,
  partitionField: string,
  offsetField: string,
): readonly Answer[] {
  const topic = fields?.['topic'];
  const partition = fields?.[partitionField];
  const offset = fields?.[offsetField];
  return typeof topic === 'string' && typeof partition === 'number' && typeof offset === 'bigint'
    ? [{ topic, partition, offset }]
    : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
