import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerFilter } from '../../../harness/fault/answer-filter.ts';
import { answer, request, wire } from './tiny-wire.ts';

const frame = fc.record({ kind: fc.constantFrom('send', 'other'), bytes: fc.nat({ max: 20 }) });
const cuts = fc.array(fc.record({ at: fc.nat(), due: fc.boolean() }), { maxLength: 20 });

/** The answers cut into chunks, each with whether a fault is due when it comes. */
function chunksOf(stream: Buffer, at: readonly { readonly at: number; readonly due: boolean }[]) {
  const ends = at.map((cut) => ({ ...cut, at: cut.at % (stream.length + 1) }));
  const sorted = ends.toSorted((a, b) => a.at - b.at);
  let start = 0;
  return [...sorted, { at: stream.length, due: false }].map(({ at: end, due }) => {
    const chunk = stream.subarray(start, end);
    start = end;
    return { chunk, due, end };
  });
}

describe('the filter of answers', () => {
  it('passes everything before the first answer that ends while a fault is due, and nothing after', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 8 }), cuts, (frames, at) => {
        const connection = wire.connection();
        const filter = new AnswerFilter(connection);
        const answers = frames.map(({ bytes }, id) => answer(id, Buffer.alloc(bytes, id)));
        frames.forEach(({ kind }, id) => connection.fromClient(request(id, kind)));
        const stream = Buffer.concat(answers);
        const passed: Buffer[] = [];
        let swallowed = 0;
        let swallowing = false;
        let expectedEnd = stream.length;
        let position = 0;
        const chunks = chunksOf(stream, at);
        for (const [id, each] of answers.entries()) {
          const start = position;
          position += each.length;
          const last = chunks.find(({ end }) => end >= position);
          if (frames[id]?.kind !== 'send' || last?.due !== true) continue;
          // Bytes of the chosen answer that had gone on before the fault was due stay gone.
          const raw = chunks.filter(({ end, due }) => end < position && !due).at(-1)?.end ?? 0;
          expectedEnd = Math.max(start, raw);
          swallowing = true;
          break;
        }
        for (const { chunk, due } of chunks) {
          const passage = filter.take(chunk, due);
          passed.push(...passage.pass);
          if (!('swallowed' in passage)) continue;
          swallowed = passage.swallowed.length;
          break;
        }
        if (swallowed === 0) passed.push(...filter.release());
        expect(Buffer.concat(passed).equals(stream.subarray(0, expectedEnd))).toBe(true);
        expect(swallowed > 0).toBe(swallowing);
      }),
      { numRuns: 1_000 },
    );
  });
});
