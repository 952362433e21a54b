/** What became of a clause of a document on a target. No evidence is `inconclusive`, and never `kept`. */
export const clauseVerdicts = ['kept', 'deviates', 'not-modelled', 'inconclusive'] as const;
export type ClauseVerdict = (typeof clauseVerdicts)[number];
