import { AckmarkError } from '../../harness/core/errors.ts';
import { runRecord, type RunRecord } from '../../harness/record/schema.ts';
import type { Reporter } from '../report.ts';

/**
 * The record itself as exactly one document. It is validated on the way out, so whoever reads it may rely
 * on the exported JSON Schema. Fails with BAD_RUN when the record does not fit the schema.
 */
export const json: Reporter = { id: 'json', extension: 'json', render: renderJson };

function renderJson(record: RunRecord): string {
  const parsed = runRecord.safeParse(record);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const where = first === undefined ? '' : ` at ${first.path.join('.')}: ${first.message}`;
    throw new AckmarkError('BAD_RUN', `the run record does not fit its schema${where}`, {
      hint: 'Render it with the version of Ackmark that wrote it.',
    });
  }
  return `${escapeActing(JSON.stringify(parsed.data, null, 2))}\n`;
}

/**
 * JSON escapes C0 controls only. The others may also act on a terminal, and because they can occur only
 * inside strings of the document, escaping them leaves its meaning alone.
 */
function escapeActing(document: string): string {
  return document.replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, unitEscapes);
}

function unitEscapes(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at += 1) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
