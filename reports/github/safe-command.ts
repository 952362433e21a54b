import { stripVTControlCharacters } from 'node:util';
import { capped, visible } from '../text/visible.ts';

const textLimit = 2_000;

/**
 * The message of a workflow command: one line, in which nothing begins another command
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; `@actions/core` escapes the
 * same characters).
 */
export function messageOf(lines: readonly string[]): string {
  return lines.map((line) => escaped(line)).join('%0A');
}

/** The value of a property, which may end at neither a colon nor a comma. */
export function propertyOf(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escaped(text: string): string {
  return visible(capped(stripVTControlCharacters(text), textLimit)).replaceAll('%', '%25');
}
