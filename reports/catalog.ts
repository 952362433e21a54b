import type { Reporter } from './report.ts';

export const reporterIds = [
  'terminal',
  'json',
  'html',
  'markdown',
  'junit',
  'github',
  'csv',
] as const;
export type ReporterId = (typeof reporterIds)[number];

/** Every format, by the name that `--reporter` takes; a format's code is loaded when it is asked for. */
export const reporters: Readonly<Record<ReporterId, () => Promise<Reporter>>> = {
  terminal: async () => (await import('./terminal/reporter.ts')).terminal,
  json: async () => (await import('./json/reporter.ts')).json,
  html: async () => (await import('./html/reporter.ts')).htmlReporter,
  markdown: async () => (await import('./markdown/reporter.ts')).markdown,
  junit: async () => (await import('./junit/reporter.ts')).junit,
  github: async () => (await import('./github/reporter.ts')).github,
  csv: async () => (await import('./csv/reporter.ts')).csv,
};
