import { z } from 'zod';

/** How one side of a trial came out; only `as-said` speaks for the sentence. */
export const sideOutcomes = ['as-said', 'otherwise', 'no-evidence', 'not-run'] as const;
export type SideOutcome = (typeof sideOutcomes)[number];

/** `differs`: the treatment and its control differ as the sentence says. */
export const trialOutcomes = ['differs', 'contradicted', 'inconclusive', 'not-run'] as const;
export type TrialOutcome = (typeof trialOutcomes)[number];

/**
 * `held`: on every real system that the sentence requires. `held-reference-only`: on embedded engines, and no real
 * system was asked. `measured`: it says an amount, and its trials came out as those of one that holds. `depends`: it held on one system and not on another. `not-run`: not on all that it requires.
 */
export const sentenceVerdicts = [
  'held',
  'held-reference-only',
  'measured',
  'depends',
  'did-not-hold',
  'inconclusive',
  'not-run',
] as const;
export type SentenceVerdict = (typeof sentenceVerdicts)[number];

const side = z.strictObject({
  profile: z.string().describe('engine@profile'),
  scenario: z.string(),
  outcome: z.enum(sideOutcomes),
  seen: z.array(z.string()).describe('what the cells show, with numbers; or why they show nothing'),
  cells: z.array(z.string()).describe('ids of the cells that were judged'),
  replay: z.string().describe('the command that runs them again; empty without one'),
});

const systemTrial = z.strictObject({
  engine: z.string(),
  outcome: z.enum(trialOutcomes),
  treatment: side,
  control: side,
});

/** A sentence of a textbook, and what the cells of this run say about it. */
export const sentenceRecord = z.strictObject({
  id: z.string(),
  text: z.string(),
  verdict: z.enum(sentenceVerdicts),
  because: z.string().describe('on which systems, on what it depends, or what is missing'),
  requires: z.array(z.string()).describe('engines of real systems'),
  untried: z.array(z.string()).describe('parts of what people say that no trial decides yet'),
  trials: z.array(z.strictObject({ says: z.string(), systems: z.array(systemTrial) })),
});

export type SideRecord = z.infer<typeof side>;
export type SystemTrialRecord = z.infer<typeof systemTrial>;
export type SentenceRecord = z.infer<typeof sentenceRecord>;
