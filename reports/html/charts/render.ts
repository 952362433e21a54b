import { invariant } from '../../../harness/core/errors.ts';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { None, parse, View } from 'vega';
import { chartMarkup, type SafeHtml } from '../safe-html.ts';

/** Colours are the page's variables, so one chart follows light, dark and print. */
const config: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  padding: 4,
  view: { stroke: null },
  axis: {
    domainColor: 'var(--axis)',
    tickColor: 'var(--axis)',
    gridColor: 'var(--grid)',
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelPadding: 4,
    ticks: false,
  },
};

/** A warning means that a chart does not show what its specification says: a bug here. */
const strictLogger = {
  level() {
    return strictLogger;
  },
  error: fail,
  warn: fail,
  info: () => strictLogger,
  debug: () => strictLogger,
};

function fail(...messages: readonly unknown[]): typeof strictLogger {
  invariant(false, `vega-lite: ${messages.map(String).join(' ')}`);
}

/** A specification as a static SVG; no script, no style, no external data. */
export async function renderChart(spec: TopLevelSpec, description: string): Promise<SafeHtml> {
  const compiled = compile(spec, { config, logger: strictLogger });
  const view = new View(parse(compiled.spec), { renderer: 'none', logLevel: None });
  try {
    return chartMarkup(await view.toSVG(), description);
  } finally {
    view.finalize();
  }
}
