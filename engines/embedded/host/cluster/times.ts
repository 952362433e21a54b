/** How often a node tells the controller that it is there. */
export const heartbeatMs = 100;
/** A follower that has not caught up for so long is out of sync. */
export const lagMs = 1_000;
/** A node that was not heard of for so long is taken for dead. */
export const sessionMs = 1_500;
/** How long a follower's request waits for entries. */
export const fetchWaitMs = 100;
