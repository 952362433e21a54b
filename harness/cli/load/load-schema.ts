import { z } from 'zod';
import { type LoadOptionName, loadOptions } from './load-options.ts';

/** One option of the load as a suite says it; kept as its text, which flags may overrule. */
function option(name: LoadOptionName) {
  const { describe, read } = loadOptions[name];
  return z
    .union([z.string(), z.number()])
    .transform((said, context) => {
      const parsed = read(String(said));
      if (parsed.is === 'problem') context.addIssue({ code: 'custom', message: parsed.what });
      return String(said);
    })
    .optional()
    .describe(describe);
}

/** Beside rate and messages, which a scenario of a suite had first. */
export const loadShape = {
  arrivals: option('arrivals'),
  late: option('late'),
  warmup: option('warmup'),
  payload: option('payload'),
  keys: option('keys'),
  skew: option('skew'),
  work: option('work'),
  producers: option('producers'),
  consumers: option('consumers'),
  partitions: option('partitions'),
  effects: option('effects'),
  nodes: option('nodes'),
  subscriptions: option('subscriptions'),
};

/** Values of one option of the load; each is a point, or with other axes a row of points. */
function axis(name: LoadOptionName) {
  return z.array(option(name).unwrap()).min(1).optional().describe(loadOptions[name].describe);
}

export const suiteSweep = z.strictObject({
  rate: axis('rate'),
  messages: axis('messages'),
  arrivals: axis('arrivals'),
  late: axis('late'),
  warmup: axis('warmup'),
  payload: axis('payload'),
  keys: axis('keys'),
  skew: axis('skew'),
  work: axis('work'),
  producers: axis('producers'),
  consumers: axis('consumers'),
  partitions: axis('partitions'),
  effects: axis('effects'),
  nodes: axis('nodes'),
  subscriptions: axis('subscriptions'),
});

export const suiteLoad = z.strictObject({
  rate: option('rate'),
  messages: option('messages'),
  ...loadShape,
});
