import { checkModules } from '../../check/catalog.ts';
import { eventText } from '../../check/event-text.ts';
import { type CheckId, clauseTitle, consequencesOf } from '../../core/anomalies.ts';
import {
  type ClaimedLevel,
  levels,
  obligationsOf,
  type Obligation,
  type PromiseSet,
  promises,
} from '../../core/clauses.ts';
import type { EventRecord } from '../../core/events.ts';
import { type EvidenceKind, evidenceOf } from '../../core/evidence.ts';
import { plainFacts } from '../../core/facts.ts';
import { isAboutMessage } from '../../core/message-kinds.ts';
import { readLines, textFile } from '../../import/read-lines.ts';
import { eventNames } from '../foreign/names-of.ts';

/** One event of an example, told. */
export interface ExampleRow {
  readonly timeMs: number;
  readonly actor: string;
  /** `lane:seq`, or empty where it is about no message. */
  readonly message: string;
  readonly text: string;
}

/** Everything that is known of one anomaly. */
export interface CheckExplained {
  readonly id: CheckId;
  readonly title: string;
  /** By what it is convicted. */
  readonly evidence: EvidenceKind;
  /** Undefined for an id of the vocabulary that no check decides. */
  readonly decided:
    | {
        readonly definition: string;
        readonly source: string;
        readonly memory: string;
        /** Why a plain history has nothing that it is about, or undefined when every history has. */
        readonly needs: string | undefined;
        readonly example: readonly string[];
        readonly rows: readonly ExampleRow[];
      }
    | undefined;
  /** Levels and promises by what they oblige to. */
  readonly must: readonly string[];
  readonly should: readonly string[];
  /** Ids that the same events satisfy. */
  readonly shows: readonly CheckId[];
}

export function explainCheck(id: CheckId): CheckExplained {
  const module = checkModules.find((candidate) => candidate.id === id);
  return {
    id,
    title: clauseTitle[id],
    evidence: evidenceOf[id],
    decided:
      module === undefined
        ? undefined
        : {
            definition: module.definition,
            source: module.source,
            memory: module.memory,
            needs: module.applies(plainFacts),
            example: module.example,
            rows: rowsOf(module.example),
          },
    must: obliging(id, 'must'),
    should: obliging(id, 'should'),
    shows: consequencesOf[id] ?? [],
  };
}

function obliging(id: CheckId, wanted: Obligation): readonly string[] {
  const context = { effects: 'in-the-system' } as const;
  const obliges = (level: ClaimedLevel, also: readonly PromiseSet[]): boolean =>
    obligationsOf(level, also, context)(id) === wanted;
  return [
    ...levels.filter((level) => obliges(level, [])),
    ...promises.filter((promise) => obliges('none', [promise])),
  ];
}

/** The example's lines as the reports tell events. */
function rowsOf(example: readonly string[]): readonly ExampleRow[] {
  const events: EventRecord[] = [];
  const { sidecar } = readLines(
    [{ name: 'example', file: textFile(example) }],
    () => (event) => events.push({ ...event }),
  );
  const names = eventNames(sidecar.names);
  return events.map((event) => ({
    timeMs: event.timeNs / 1e6,
    actor: names.actorName(event.actor),
    message: isAboutMessage(event.kind)
      ? `${sidecar.names.lanes[event.lane] ?? event.lane}:${event.seq}`
      : '',
    text: eventText(event, names),
  }));
}
