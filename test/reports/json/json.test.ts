import { describe, expect, it } from 'vitest';
import { AckmarkError } from '../../../harness/core/errors.ts';
import { runRecord } from '../../../harness/record/schema.ts';
import { json } from '../../../reports/json/reporter.ts';
import { plainOptions } from '../../../reports/report.ts';
import { actingCharacters } from '../fixtures/acting.ts';
import { nastyStrings, smallRun, withStrings } from '../fixtures/hostile.ts';
import { mixedRun } from '../fixtures/run.ts';

async function rendered(run: Parameters<typeof json.render>[0]): Promise<string> {
  return json.render(run, plainOptions);
}

describe('the json report', () => {
  it('is exactly one document and comes back through the schema unchanged', async () => {
    const text = await rendered(mixedRun());
    expect(text.endsWith('}\n')).toBe(true);
    const back: unknown = JSON.parse(text);
    expect(runRecord.parse(back)).toEqual(mixedRun());
  });

  it('keeps every string, and lets none act on a screen', async () => {
    for (const nasty of nastyStrings) {
      const run = withStrings(smallRun(), (original) => original + nasty);
      const text = await rendered(run);
      expect(actingCharacters(text)).toEqual([]);
      expect(JSON.parse(text)).toEqual(run);
    }
  });

  it('refuses a record that does not fit the schema, and says where', () => {
    const broken = { ...mixedRun(), tookNs: Number.NaN };
    const render = () => json.render(broken, plainOptions);
    expect(render).toThrow(AckmarkError);
    expect(render).toThrow(/at tookNs/);
  });
});
