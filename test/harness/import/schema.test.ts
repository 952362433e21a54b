import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkModules } from '../../../harness/check/catalog.ts';
import { eventKindName } from '../../../harness/core/events.ts';
import { main } from '../../../harness/cli/main.ts';
import { eventLineKinds } from '../../../harness/import/line-schema.ts';
import { judgeLines } from '../check/judge-lines.ts';
import { fakeHost } from '../cli/fake-host.ts';

const guide = readFileSync(new URL('../../../docs/history-format.md', import.meta.url), 'utf8');
const host = fakeHost(['schema', 'history']);
await main(host);
/** What `ackmark schema history` prints, made into a validator again. */
const line = z.fromJSONSchema(JSON.parse(host.out()));

/** Lines of JSON in the guide's blocks. */
const written = [...guide.matchAll(/^\{"(?:kind|timeMs)".*\}$/gm)].map(([text]) => text);

describe('the printed schema of a line', () => {
  it.each(checkModules.map(({ id, example }) => [id, example] as const))(
    'takes the example of %s',
    (_id, example) => {
      for (const text of example) expect(line.safeParse(JSON.parse(text)).error).toBeUndefined();
    },
  );

  it('takes every line that the guide shows', () => {
    expect(written.length).toBeGreaterThan(5);
    for (const text of written) expect(line.safeParse(JSON.parse(text)).error).toBeUndefined();
  });

  it.each([
    '{"kind":"delivr","timeMs":1}',
    '{"kind":"crash","timeMs":1,"actor":"c","extra":1}',
    '{"kind":"crash","actor":"c"}',
  ])('refuses %s', (text) => {
    expect(line.safeParse(JSON.parse(text)).success).toBe(false);
  });

  it('has every kind of event', () => {
    expect(eventLineKinds.toSorted()).toEqual(Object.values(eventKindName).toSorted());
  });
});

describe('the guide', () => {
  it('names every kind and every one of its fields', () => {
    const missing = eventLineKinds.filter((kind) => !guide.includes(`\`${kind}\``));
    expect(missing).toEqual([]);
  });

  it('shows a history that can be read', () => {
    const [, block = ''] =
      /```json\n(\{"kind":"history","version":1,[\s\S]*?)```/.exec(guide) ?? [];
    const { problems } = judgeLines(block.trimEnd().split('\n'));
    expect(problems.lines).toBeGreaterThan(5);
    expect(problems).toMatchObject({ malformed: 0, ofHistory: [] });
  });
});
