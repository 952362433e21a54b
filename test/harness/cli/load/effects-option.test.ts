import { describe, expect, it } from 'vitest';
import type { LoadTexts } from '../../../../harness/cli/load/load-options.ts';
import { loadedScenarios } from '../../../../harness/cli/load/resolve-load.ts';
import { sweepOf } from '../../../../harness/cli/load/sweep-text.ts';
import type { Problem } from '../../../../harness/cli/problems.ts';
import { parseSuite } from '../../../../harness/cli/suite-file.ts';
import type { Scenario } from '../../../../scenarios/scenario.ts';
import { steady } from '../../../../scenarios/steady.ts';
import { transformEffect } from '../../../../scenarios/transform-effect.ts';

/** Where the scenarios have their effects then, and what is wrong with that. */
function loaded(
  of: readonly Scenario[],
  flags: LoadTexts,
  { suite = '{}', sweep }: { readonly suite?: string; readonly sweep?: readonly string[] } = {},
) {
  const problems: Problem[] = [];
  const document = parseSuite(suite, 'suite.yaml');
  const swept = sweepOf(sweep, flags, document, problems);
  const request = { flags, sweep: swept, document, directory: '.' };
  const found = loadedScenarios(of, request, problems);
  return { effects: found.map(({ workload }) => workload.effects), problems };
}

describe('where effects are', () => {
  it('is changed for jobs that have some, and for nothing else', () => {
    expect(loaded([steady, transformEffect], { effects: 'postgres' })).toEqual({
      effects: [undefined, 'postgres'],
      problems: [],
    });
    const suite = 'load: { effects: postgres }\nscenarios: [transform-effect, steady]';
    expect(loaded([transformEffect], {}, { suite }).effects).toEqual(['postgres']);
    const sweep = ['effects=sqlite,postgres'];
    expect(loaded([transformEffect], {}, { sweep }).effects).toEqual(['sqlite', 'postgres']);
  });

  it('cannot be asked for where no scenario has any', () => {
    const what: unknown = expect.stringContaining('no job of these scenarios');
    expect(loaded([steady], { effects: 'postgres' }).problems).toEqual([
      { place: '--effects', what },
    ]);
    expect(loaded([steady], {}, { sweep: ['effects=sqlite,postgres'] }).problems).toEqual([
      { place: '--sweep', what },
    ]);
  });

  it('is one of what can be started here', () => {
    expect(loaded([transformEffect], { effects: 'mysql' }).problems).toEqual([
      { place: '--effects', what: '"mysql" must be one of sqlite, postgres' },
    ]);
  });
});
