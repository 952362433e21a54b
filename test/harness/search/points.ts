import { type SecondRow, secondRow } from '../../../harness/record/schema.ts';

/** Seconds of a load of 1,000 a second with this backlog at the end of each. */
export function secondsWith(backlogs: readonly (number | null)[]): SecondRow[] {
  return backlogs.map((backlog, at) =>
    secondRow.parse({
      second: 100 + at,
      sent: 1_000,
      acknowledged: 1_000,
      delivered: 1_000,
      inFlight: 5,
      backlog,
      publishP50Ns: 1e6,
      publishP99Ns: 2e6,
      publishMaxNs: 3e6,
      endToEndP50Ns: 1e6,
      endToEndP99Ns: 2e6,
      endToEndMaxNs: 3e6,
    }),
  );
}
