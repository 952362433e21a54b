/**
 * Rules of the embedded brokers that the simulator can break on purpose, to see that its checks find what
 * follows. A broker that runs keeps all of them.
 */
export const logRules = {
  'answer-after-sync': 'under every-batch a send is answered when its batch is synced, not before',
  'recognise-copies': 'a batch of an idempotent producer that comes again is not stored again',
  'recognise-copies-after-restart': 'nor is it when the broker was restarted in between',
  'fence-commits': 'a member that was removed, or is of an old generation, commits nothing',
  'give-up-first': 'a partition has a new owner when the former one has given it up, not before',
  'fence-former-connections':
    'a connection whose instance id has come with another one is a member no more',
  'remember-offsets': 'committed offsets survive a restart',
  'refuse-when-full': 'a message that the disk has no room for is refused',
  'keep-what-is-young':
    'retention removes whole segments that are older, or have more behind them, than the topic keeps',
  'keep-the-newest': 'of the messages of a key compaction leaves the newest',
  'deliver-from-committed': 'a member begins where its group has committed',
  'stop-at-last-stable-offset':
    'a reader of committed messages gets nothing behind the first open transaction',
  'hide-aborted': 'a reader of committed messages gets nothing of an aborted transaction',
  'fence-transactional-producers':
    'whose transactional id was taken over neither sends nor commits any more',
  'abort-when-partitions-move':
    'offsets that an open transaction included are aborted when their partitions have new owners',
  'keep-given-ids': 'no id of a producer is given out again after a restart',
  'keep-producers-in-checkpoints':
    'a checkpoint holds what copies of an idempotent producer’s batches are recognised by',
} as const;

export const queueRules = {
  'answer-after-sync': logRules['answer-after-sync'],
  'refuse-when-full': logRules['refuse-when-full'],
  'remember-deletions': 'a message that was deleted does not come back with a restart',
  'hide-while-leased': 'a message in somebody’s hands is handed to nobody else',
  'count-receives': 'every delivery of a message has a higher number than the one before',
  'end-leases': 'a message whose lease has ended is handed out again',
  'give-up': 'a message that was received as often as allowed goes to the dead letters',
  'remember-dead-letters': 'a dead letter is still one after a restart',
  'hide-until-due': 'a delayed message is handed to nobody before its time',
  'keep-until-overaged': 'a message is kept for as long as its queue keeps messages',
  'remove-overaged': 'a message that was kept for so long is handed to nobody any more',
  'block-groups': 'of a message group of which something is in hands nothing else is handed out',
  'return-to-its-place':
    'what comes back to its message group comes before everything that was sent after it',
  'recognise-copies': 'a copy of a send is recognised within the window',
  'remember-for-the-window': 'what a copy is recognised by is remembered until the window ends',
  'recognise-copies-after-restart':
    'a copy of a send is recognised within the window, also when the broker was restarted in between',
  'forget-after-the-window':
    'after the window a message with the same deduplication id is a new one',
  'keep-ids-in-checkpoints': 'a checkpoint holds what copies of sends are recognised by',
  'keep-orders-in-checkpoints': 'a checkpoint holds how many messages have come to a queue',
  'keep-causes-in-checkpoints': 'a checkpoint holds why a dead letter is one',
  'keep-what-was-redriven':
    'from its redrive on a message is kept for as long as one that was just sent',
  'bury-rejected': 'what a consumer rejects goes to the dead letters',
  'extend-leases': 'a lease that was extended lasts until its new end',
  'limit-in-flight': 'no more messages are in hands than the queue allows',
  'limit-calls': 'a call beyond the quota of its queue is refused',
  'filter-copies': 'a queue of a topic gets what its filter takes, and nothing else',
  'copy-to-each': 'each queue of a topic that takes a message gets a copy',
} as const;

export const brokerRules = {
  'answer-after-sync': logRules['answer-after-sync'],
  'refuse-when-full': logRules['refuse-when-full'],
  'confirm-when-stored': 'a persistent message is confirmed when it is in the journal, not before',
  'route-by-binding': 'a message goes to the queues that a binding gives it, and to no other',
  'flag-redeliveries': 'a copy that was handed out before says so when it comes again',
  'remember-acknowledgements': 'an acknowledged copy does not come back with a restart',
  'return-held': 'what a consumer held goes back to its queue when its connection ends',
} as const;

/** What the routing broker keeps where its journal is replicated, beside the rules of replication. */
export const replicatedBrokerRules = {
  'confirm-when-replicated':
    'a message is confirmed when all in-sync replicas have stored it, not when the leader has',
  'hand-out-when-replicated':
    'a delivery is in the journals of all in-sync replicas before its consumer hears of it',
} as const;

export const replicationRules = {
  'acknowledge-when-replicated':
    'an entry is committed when all in-sync replicas store it, not when the leader does',
  'fence-old-epochs': 'what comes from the time before the last election is refused',
  'truncate-diverged': 'a follower cuts off what its leader does not have',
  'elect-in-sync': 'only a replica that holds all that is committed is elected',
} as const;

export type Rule =
  | keyof typeof logRules
  | keyof typeof queueRules
  | keyof typeof brokerRules
  | keyof typeof replicatedBrokerRules
  | keyof typeof replicationRules;

/** Whether a rule is kept. */
export type Keeps = (rule: Rule) => boolean;

export const keepsAll: Keeps = () => true;
