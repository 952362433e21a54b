import { z } from 'zod';
import { clauseVerdicts } from '../core/clause-verdict.ts';

const nanoseconds = z.number();

const askedClause = z.strictObject({
  id: z.string(),
  group: z.string(),
  says: z.string(),
  source: z.string().describe('the page that says so'),
});

const deviation = z.strictObject({
  id: z.string(),
  shows: z.enum(['deviates', 'inconclusive']).describe('the verdict that it excuses'),
  because: z.string(),
  shownBy: z.string(),
  expires: z.string().describe('YYYY-MM-DD: the last day on which it excuses anything'),
  expired: z.boolean(),
});

export const clauseAnswer = z.strictObject({
  clause: z.string(),
  verdict: z.enum(clauseVerdicts),
  request: z.string().describe('in short'),
  answer: z.string().describe('in short'),
  deviation: deviation.nullable().describe('what is known of this target; null: nothing'),
  tookNs: nanoseconds,
});

const askedTarget = z.strictObject({
  status: z.literal('asked'),
  name: z.string().describe('as --target has it'),
  kind: z.string(),
  title: z.string().describe('with its version'),
  answers: z
    .array(clauseAnswer)
    .describe('in the order of the clauses; fewer where the run was interrupted'),
  replay: z.string(),
});

const failedTarget = z.strictObject({
  status: z.literal('failed'),
  name: z.string(),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
  replay: z.string(),
});

const unsupportedTarget = z.strictObject({
  status: z.literal('unsupported'),
  name: z.string(),
  reason: z.string(),
});

/** What the targets of one engine answered, clause by clause. */
export const fidelityRecord = z.strictObject({
  engine: z.string(),
  document: z.string().describe('whose clauses they are'),
  clauses: z.array(askedClause),
  targets: z.array(z.discriminatedUnion('status', [askedTarget, failedTarget, unsupportedTarget])),
});

export type FidelityRecord = z.infer<typeof fidelityRecord>;
export type AskedClause = z.infer<typeof askedClause>;
export type AskedTarget = z.infer<typeof askedTarget>;
export type TargetRecord = FidelityRecord['targets'][number];
export type ClauseAnswerRecord = z.infer<typeof clauseAnswer>;
