/**
 * Rules of the embedded brokers that the simulator can break on purpose, to see that its checks find what
 * follows. A broker that runs keeps all of them.
 */
export const logRules = {
  'answer-after-sync': 'under every-batch a send is answered when its batch is synced, not before',
  'recognise-copies': 'a batch of an idempotent producer that comes again is not stored again',
  'recognise-copies-after-restart': 'nor is it when the broker was restarted in between',
  'fence-commits': 'a member that was removed, or is of an old generation, commits nothing',
  'remember-offsets': 'committed offsets survive a restart',
  'deliver-from-committed': 'a member begins where its group has committed',
} as const;

export type Rule = keyof typeof logRules;

/** Whether a rule is kept. */
export type Keeps = (rule: Rule) => boolean;

export const keepsAll: Keeps = () => true;
