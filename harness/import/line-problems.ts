import type { z } from 'zod';
import { suggestion } from '../core/suggest.ts';

/** Why one line is no event of the history; how to mend it stands in the sentence. */
export class LineProblem extends Error {
  override readonly name = 'LineProblem';
}

/** Zod's issues as one sentence for whoever writes such lines. */
export function lineIssues(error: z.ZodError, kind: string, fields: readonly string[]): string {
  const told = error.issues.slice(0, 3).map((issue) => issueText(issue, kind, fields));
  const more = error.issues.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function issueText(issue: z.core.$ZodIssue, kind: string, fields: readonly string[]): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => {
      const near = path === '' ? suggestion(key, fields) : '';
      return `${JSON.stringify(path === '' ? key : `${path}.${key}`)}${near}`;
    });
    const takes = path === '' ? ` (it takes ${fields.join(', ')})` : '';
    return `${kind} has no field ${keys.join(', ')}${takes}`;
  }
  if ('input' in issue && issue.input === undefined && issue.path.length > 0) {
    return `${kind} needs ${JSON.stringify(path)}`;
  }
  return `${JSON.stringify(path)}: ${issue.message.replace(/^Invalid (?:input|option): /, '')}`;
}
