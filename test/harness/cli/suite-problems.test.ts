import { describe, expect, it } from 'vitest';
import { parseSuite } from '../../../harness/cli/suite-file.ts';

function problemsOf(...lines: readonly string[]): readonly string[] {
  try {
    parseSuite(lines.join('\n'), 'own.yaml');
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : [];
  }
  return [];
}

describe('the mistakes of a suite', () => {
  it('are all told, those within a scenario too, each with its place and what was meant', () => {
    const told = problemsOf(
      'engines: [log]',
      'scenarios:',
      '  - { id: steady, mesages: 10k, rate: quick }',
      '  - { id: backlog, rouds: 4, messages: many }',
      '  - 5',
      'rounds: 0',
    );
    expect(told).toEqual([
      'own.yaml:3:39: scenarios.0.rate: must be a rate such as 5k/s',
      expect.stringMatching(/^own\.yaml:3:\d+: unknown key "mesages"; did you mean messages\?$/),
      'own.yaml:4:40: scenarios.1.messages: must be a count such as 100k',
      expect.stringMatching(/^own\.yaml:4:\d+: unknown key "rouds"; did you mean rounds\?$/),
      'own.yaml:5:5: scenarios.2: a name or a mapping',
      expect.stringMatching(/^own\.yaml:6:9: rounds: /),
    ]);
  });

  it('say of an option of the load at the top that it belongs below it', () => {
    const told = problemsOf('engines: [log]', 'mesages: 10k');
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('unknown key "mesages"; did you mean load.messages?');
  });
});
