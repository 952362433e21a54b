import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../harness/cli/problems.ts';
import { parseSuite } from '../../../harness/cli/suite-file.ts';
import { thresholdsOf } from '../../../harness/cli/thresholds-of.ts';

const suite = `engines: [log]
thresholds:
  - "D1 == 0"
scenarios:
  - id: steady
    thresholds:
      - e2e.response.p99 < 20ms
      - e2e.response.p99 < fast
  - lost-response
`;

describe('the thresholds of a suite', () => {
  it('are for all scenarios or for one, and a mistake is told with line and column', () => {
    const problems: Problem[] = [];
    const thresholds = thresholdsOf(undefined, parseSuite(suite, 'suite.yaml'), problems);
    expect(thresholds.map(({ text, scenario }) => [text, scenario])).toEqual([
      ['D1 == 0', undefined],
      ['e2e.response.p99 < 20ms', 'steady'],
    ]);
    expect(problems).toEqual([
      { place: 'suite.yaml:8:9', what: expect.stringContaining('write it as 20ms') },
    ]);
  });

  it('give way to those of the flags', () => {
    const problems: Problem[] = [];
    const found = thresholdsOf(['D4 == 0'], parseSuite(suite, 'suite.yaml'), problems);
    expect(found.map(({ text }) => text)).toEqual(['D4 == 0']);
    expect(problems).toEqual([]);
  });
});
