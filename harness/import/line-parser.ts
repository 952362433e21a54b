import { suggestion } from '../core/suggest.ts';
import { LineProblem, lineIssues } from './line-problems.ts';
import {
  type EventLine,
  eventLineKinds,
  eventLines,
  type EventLineKind,
  type HeaderLine,
  headerLine,
} from './line-schema.ts';

/** @throws LineProblem that says what is wrong and how to mend it */
export function parseLine(text: string): HeaderLine | EventLine {
  const value = parseJson(text);
  const kind: unknown = 'kind' in value ? value.kind : undefined;
  if (typeof kind !== 'string') throw new LineProblem('it has no "kind"');
  if (kind === 'history') return parseHeader(value);
  if (!isEventKind(kind)) {
    const near = suggestion(kind, eventLineKinds);
    throw new LineProblem(`there is no kind ${JSON.stringify(kind)}${near}`);
  }
  const schema = eventLines[kind];
  const checked = schema.safeParse(value, { reportInput: true });
  if (checked.success) return checked.data;
  throw new LineProblem(lineIssues(checked.error, kind, Object.keys(schema.shape)));
}

function parseHeader(value: object): HeaderLine {
  const checked = headerLine.safeParse(value, { reportInput: true });
  if (checked.success) return checked.data;
  throw new LineProblem(lineIssues(checked.error, 'history', Object.keys(headerLine.shape)));
}

function parseJson(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LineProblem(`it is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new LineProblem('it is no JSON object');
}

function isEventKind(kind: string): kind is EventLineKind {
  return Object.hasOwn(eventLines, kind);
}
