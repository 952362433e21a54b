import type { Reporter } from './report.ts';

/** Every format, by the name that `--reporter` takes; a format's code is loaded when it is asked for. */
export const reporters = {
  terminal: async () => (await import('./terminal/reporter.ts')).terminal,
  json: async () => (await import('./json/reporter.ts')).json,
  html: async () => (await import('./html/reporter.ts')).htmlReporter,
  markdown: async () => (await import('./markdown/reporter.ts')).markdown,
  junit: async () => (await import('./junit/reporter.ts')).junit,
  github: async () => (await import('./github/reporter.ts')).github,
  csv: async () => (await import('./csv/reporter.ts')).csv,
} satisfies Readonly<Record<string, () => Promise<Reporter>>>;
