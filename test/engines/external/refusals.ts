import { expect } from 'vitest';
import { type RunElsewhere, runElsewhere } from './run-elsewhere.ts';

/** A way in that must be refused, and what must be told of it. */
export interface Refusal {
  readonly what: string;
  /** The environment and the URL; asked when the broker is up. */
  readonly given: () => readonly [Readonly<Record<string, string>>, string];
  readonly told: { readonly code: string; readonly message: RegExp; readonly hint: RegExp };
}

/** Runs one cell, which must end with exit code 69 and an error that says what to do. */
export async function refusedRun(
  profile: string,
  { given, told: { code, message, hint } }: Refusal,
): Promise<RunElsewhere> {
  const [environment, url] = given();
  const run = await runElsewhere(
    environment,
    `--engine ${profile} --scenario steady --target ${url}`,
  );
  expect(run.exitCode, run.story).toBe(69);
  expect(run.record.cells).toMatchObject([
    {
      status: 'error',
      error: {
        code,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      },
    },
  ]);
  return run;
}
