/**
 * One generation of one member of a consumer group; the token of every delivery made under it. The names
 * are the client's, because a transaction hands it back to the client.
 */
export class Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
  readonly coordinatorId: number;
  readonly topic: string;
  /** Scope of the topic's partition 0. */
  readonly firstScope: number;
  readonly partitions: readonly number[];

  constructor(of: {
    readonly groupId: string;
    readonly memberId: string;
    readonly generationId: number;
    readonly coordinatorId: number;
    readonly topic: string;
    readonly firstScope: number;
    readonly partitions: readonly number[];
  }) {
    this.groupId = of.groupId;
    this.memberId = of.memberId;
    this.generationId = of.generationId;
    this.coordinatorId = of.coordinatorId;
    this.topic = of.topic;
    this.firstScope = of.firstScope;
    this.partitions = of.partitions;
  }

  get scopes(): number[] {
    return this.partitions.map((partition) => this.firstScope + partition);
  }
}
