import type { Comparison } from '../../harness/record/comparison-schema.ts';
import type { Ranking } from '../../harness/record/ranking-schema.ts';
import type { Renderer } from '../report.ts';

type RenderersOf<D> = Readonly<Record<'terminal' | 'json' | 'html', () => Promise<Renderer<D>>>>;

/** Two runs beside each other, by the name that `--reporter` takes. */
export const comparisonReporters: RenderersOf<Comparison> = {
  terminal: async () => {
    const { comparisonText } = await import('./comparison-text.ts');
    return { id: 'terminal', render: comparisonText };
  },
  json: async () => json,
  html: async () => {
    const { comparisonPage } = await import('../html/comparison-page.ts');
    return { id: 'html', render: comparisonPage };
  },
};

/** The profiles of one run beside each other. */
export const rankingReporters: RenderersOf<Ranking> = {
  terminal: async () => {
    const { rankingText } = await import('./ranking-text.ts');
    return { id: 'terminal', render: rankingText };
  },
  json: async () => json,
  html: async () => {
    const { rankingPage } = await import('../html/comparison-page.ts');
    return { id: 'html', render: rankingPage };
  },
};

const json: Renderer<object> = {
  id: 'json',
  render: (document) => `${JSON.stringify(document)}\n`,
};
