/** What is kept of the events of a cell. */
export const historyModes = ['full', 'window', 'none'] as const;
export type HistoryMode = (typeof historyModes)[number];
