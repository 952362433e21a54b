import type { DestinationSpec } from '../engine.ts';

/** Every broker has it from the beginning. */
export const namespace = 'public/default';

export const topicOf = ({ name }: Pick<DestinationSpec, 'name'>): string =>
  `persistent://${namespace}/${name}`;
