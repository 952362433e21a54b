import type { RunRecord } from '../harness/record/schema.ts';

/** One format of one kind of document. Everything about the reader's screen is in the options. */
export interface Renderer<D> {
  readonly id: string;
  render(document: D, options: ReportOptions): Promise<string> | string;
}

/**
 * A report is a pure function of a run record: the same record and options give the same bytes, so any
 * report can be made again from `run.json` alone.
 */
export interface Reporter extends Renderer<RunRecord> {
  /** The usual file extension, without a dot. */
  readonly extension: string;
}

/** What a piece of text means; a terminal gives each a colour, a file none. */
export type Role =
  | 'heading'
  | 'strong'
  | 'muted'
  | 'kept'
  | 'broken'
  | 'unclaimed'
  | 'held'
  | 'inconclusive'
  | 'error';

/** Wraps text in the colour of its role; the text never contains control characters of its own. */
export type Style = (role: Role, text: string) => string;

export interface ReportOptions {
  readonly style: Style;
  /** Only ASCII: glyphs, units and names from outside. */
  readonly ascii: boolean;
  /** Columns of the screen; tables wider than that are folded into blocks. */
  readonly columns: number;
  /** `compact`: a screenful. `full`: every finding with its witness. */
  readonly detail: 'compact' | 'full';
  /** Other reports of this run, named as the next step. */
  readonly written: readonly { readonly format: string; readonly path: string }[];
}

export const plainOptions: ReportOptions = {
  style: (_role, text) => text,
  ascii: false,
  columns: 120,
  detail: 'compact',
  written: [],
};
