import type { Argv } from 'yargs';
import { type LoadOptionName, loadOptions } from './load-options.ts';

/** The flags of `run` that say what the load is. */
export function withLoadFlags<T>(parser: Argv<T>) {
  return parser
    .option('sweep', {
      array: true,
      string: true,
      describe: 'axis=value,value of any option of the load: a cell for each; repeatable',
    })
    .option('rate', described('rate'))
    .option('messages', described('messages'))
    .option('arrivals', described('arrivals'))
    .option('late', described('late'))
    .option('warmup', described('warmup'))
    .option('payload', described('payload'))
    .option('keys', described('keys'))
    .option('skew', described('skew'))
    .option('work', described('work'))
    .option('producers', described('producers'))
    .option('consumers', described('consumers'))
    .option('partitions', described('partitions'))
    .option('effects', described('effects'))
    .option('nodes', described('nodes'))
    .option('subscriptions', described('subscriptions'));
}

function described(name: LoadOptionName) {
  return { string: true, describe: loadOptions[name].describe } as const;
}
