import { AckmarkError } from '../harness/core/errors.ts';
import type { ConsumerSpec } from './engine.ts';

/** @throws AckmarkError USAGE where a consumer of a queue asks for another start than the only one that there is */
export function readFromEarliest({ start }: ConsumerSpec): void {
  if (start.at === 'earliest') return;
  throw new AckmarkError('USAGE', `a queue cannot be read from ${start.at}`, {
    hint: 'A queue hands out what it holds: start at the earliest.',
  });
}
