import { describe, expect, it } from 'vitest';
import { catalog } from '../../../engines/catalog.ts';
import { scenarios } from '../../../scenarios/catalog.ts';
import { references, sentences } from '../../../scenarios/textbook/catalog.ts';
import type { Sentence } from '../../../scenarios/textbook/sentence.ts';
import { suiteOf, textbook } from '../../../scenarios/textbook/suite.ts';

const pairsOf = ({ trials }: Sentence) =>
  trials.flatMap((trial) =>
    Object.entries(trial.systems).map(([engine, pair]) => ({ engine, pair, trial })),
  );

describe('the sentences of the textbook', () => {
  it('have ids of their own, and at least one trial with something to show on both sides', () => {
    expect(new Set(sentences.map(({ id }) => id)).size).toBe(sentences.length);
    for (const { id, trials, requires } of sentences) {
      expect(trials.length, id).toBeGreaterThan(0);
      expect(requires.length, id).toBeGreaterThan(0);
      for (const { treatment, control } of trials) {
        expect(treatment.shows.length, id).toBeGreaterThan(0);
        expect(control.shows.length, id).toBeGreaterThan(0);
      }
    }
  });

  it('name scenarios and profiles that there are', async () => {
    const known = scenarios.map(({ id }) => id);
    for (const sentence of sentences) {
      for (const { engine, pair, trial } of pairsOf(sentence)) {
        expect(known).toContain(trial.treatment.scenario);
        expect(known).toContain(trial.control.scenario);
        const entry = catalog.find(({ id }) => id === engine);
        const profiles = Object.keys((await entry?.load())?.default.profiles ?? {});
        expect(profiles, `${engine} of ${sentence.id}`).toContain(pair.treatment);
        expect(profiles, `${engine} of ${sentence.id}`).toContain(pair.control);
      }
    }
  });

  it('have a control that is not their treatment', () => {
    for (const sentence of sentences) {
      for (const { pair, trial } of pairsOf(sentence)) {
        const isSame =
          pair.treatment === pair.control && trial.treatment.scenario === trial.control.scenario;
        expect(isSame, sentence.id).toBe(false);
      }
    }
  });
});

describe('the suite of the textbook', () => {
  it('holds each cell that a sentence asks for once, and starts no real system unasked', () => {
    for (const { engine, pair, trial } of sentences.flatMap(pairsOf)) {
      const own = references.includes(engine);
      const named = own ? textbook.engines : (textbook.onRequest ?? []);
      expect(named).toContain(`${engine}@${pair.treatment}`);
      const entry = textbook.scenarios.filter(({ id }) => id === trial.control.scenario);
      expect(entry).toHaveLength(1);
      expect(entry[0]?.engines).toContain(`${engine}@${pair.control}`);
      expect(new Set(entry[0]?.engines).size).toBe(entry[0]?.engines?.length);
    }
    expect(textbook.engines.every((name) => references.includes(name.split('@')[0] ?? ''))).toBe(
      true,
    );
  });

  it('of some sentences holds what these ask for, and nothing else', () => {
    const { engines, scenarios: asked } = suiteOf(sentences.filter(({ id }) => id === '13'));
    expect(engines).toEqual(['broker@manual-ack', 'broker@not-mandatory']);
    expect(asked.map(({ id }) => id)).toEqual(['routing-change']);
  });
});
