/** What a queue is declared with; what is undefined has no limit. */
export interface QueueSpec {
  readonly name: string;
  /** A copy that has waited so long dies when it is the next to be handed out. */
  readonly messageTtlMs: number | undefined;
  /** Most copies that wait; those in consumers’ hands do not count. */
  readonly maxLength: number | undefined;
  /** What gives way when there is no room: the next to be handed out, or the message that comes. */
  readonly overflow: 'drop-head' | 'reject-publish';
  /** Most deliveries of a copy: one that would be handed out once more dies. */
  readonly deliveryLimit: number | undefined;
  /** 0: there are no priorities. */
  readonly maxPriority: number;
  readonly singleActiveConsumer: boolean;
  /**
   * Of the connection that declares it, and gone with it, with what is in it. No journal knows the queue: after
   * a restart, or under the next leader, there is no such connection. It has no dead letters.
   */
  readonly exclusive: boolean;
  /** Exchange that gets what dies here, under its own routing key; without one it is dropped. */
  readonly deadLetterExchange: number | undefined;
  /**
   * When a message for it is confirmed: when the node that leads has stored it, or when all in-sync replicas
   * have, which are a majority. On one node that is the same.
   */
  readonly confirms: 'leader' | 'majority';
}

export const plainQueue: Omit<QueueSpec, 'name'> = {
  messageTtlMs: undefined,
  maxLength: undefined,
  overflow: 'drop-head',
  deliveryLimit: undefined,
  maxPriority: 0,
  singleActiveConsumer: false,
  exclusive: false,
  deadLetterExchange: undefined,
  confirms: 'majority',
};
