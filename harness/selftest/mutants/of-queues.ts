import { inQueue } from './in-queue.ts';
import { type Mutant, shown, violated } from './mutant.ts';

const dying = inQueue('dies-with-copies-in-hand', {
  isAutomatic: true,
  mode: 'pull',
  consumers: 2,
});

export const queueMutants: readonly Mutant[] = [
  {
    id: 'M12',
    story: 'what was handed out is settled, and its consumer dies',
    claim: { level: 'at-least-once', promises: [] },
    expects: violated('D10'),
    play: dying,
  },
  {
    id: 'M12 at most once',
    story: 'the same where nothing more was promised',
    claim: { level: 'at-most-once', promises: [] },
    expects: shown('D10'),
    play: dying,
  },
  {
    id: 'M17',
    story: 'a second consumer is made the active one beside the first',
    claim: { level: 'at-least-once', promises: ['exclusive'] },
    expects: violated('O9'),
    play: inQueue('two-active', { isExclusive: true, consumers: 3, requeued: 0 }),
  },
];
