import type { Family } from '../../engines/engine.ts';
import type { NeedId } from './needs.ts';

/** A question of the decision tree: whoever needs any of these, has its answer. */
export interface Question {
  readonly ask: string;
  readonly needs: readonly NeedId[];
  readonly family: Family;
  readonly because: string;
}

/** Asked in this order: the first yes decides, and a later one that says something else is a conflict. */
export const tree: readonly Question[] = [
  {
    ask: 'Is anything read again, or by somebody who comes later?',
    needs: ['replay', 'start-at-time'],
    family: 'log',
    because: 'a log keeps what was read, a queue forgets it',
  },
  {
    ask: 'Are outputs and the progress of the input committed as one?',
    needs: ['transactions'],
    family: 'log',
    because: 'progress is a message like another where it is kept in the log',
  },
  {
    ask: 'Do rules decide where a message goes?',
    needs: ['routing', 'returns'],
    family: 'broker',
    because:
      'a broker copies a message to the queues whose bindings match; elsewhere the readers sift',
  },
  {
    ask: 'Does each message have a fate of its own?',
    needs: ['per-message-retry', 'dead-letters', 'delay'],
    family: 'queue',
    because: 'a queue settles messages one by one; a log has one position for all before it',
  },
];
