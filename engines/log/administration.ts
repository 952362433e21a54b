import { AdminLink } from '../embedded/admin-link.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import {
  readCreatedTopic,
  writeCreateTopic,
  writeEndOffsets,
} from '../embedded/protocol/topic-messages.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type { Administration, Backlog, Deployed, ScopeEnd, Target, Topology } from '../engine.ts';
import { type LogOptions, policyOf } from './options.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { topicSetting, topicsOf } from './routing.ts';
import { traits } from './traits.ts';

export class LogAdministration implements Administration {
  readonly #link: AdminLink;
  readonly #options: LogOptions;

  constructor(target: Target, options: LogOptions) {
    this.#options = options;
    this.#link = new AdminLink(target.address, 'log', options.requestTimeoutMs);
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const { replicas, minInSync } = this.#options;
    const settings: Record<string, string> = {};
    let effective: readonly string[] = [];
    for (const [index, { name, scopes }] of topology.destinations.entries()) {
      const wish = {
        name,
        partitions: scopes,
        replicas,
        minInSync,
        policy: policyOf(this.#options),
      };
      const request = writeCreateTopic(beginRequest(Api.createTopic), wish);
      const created = readCreatedTopic(await this.#link.call(request));
      settings[topicSetting(index)] = String(created.topic);
      effective = this.#effective(created.replicas, created.minInSync);
    }
    const { fsync } = await this.#link.hello();
    return { topology, effective: [...effective, `fsync: ${fsync}`], settings };
  }

  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const destination = deployed.topology.subscriptions[subscription]?.destination ?? -1;
    const topic = topicsOf(deployed)[destination];
    const { isolation } = this.#options;
    const request = writeEndOffsets(beginRequest(Api.endOffsets), topic?.id ?? 0, isolation);
    const answer = await this.#link.call(request);
    const ends: ScopeEnd[] = [];
    const count = answer.u16();
    for (let partition = 0; partition < count; partition += 1) {
      const major = answer.u64();
      const scope = (topic?.firstScope ?? 0) + partition;
      if (major > 0) ends.push({ scope, end: { major, minor: 0 } });
    }
    return { by: 'end-position', ends };
  }

  async remove(deployed: Deployed): Promise<void> {
    for (const { id } of topicsOf(deployed)) {
      await this.#link.call(beginRequest(Api.deleteTopic).u32(id));
    }
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  #effective(replicas: number, minInSync: number): readonly string[] {
    const { acks, idempotent, maxInFlight } = this.#options;
    const wished = this.#options.replicas;
    return [
      `acks: ${acks}`,
      ...(idempotent ? ['idempotence: on'] : []),
      ...retentionLines(this.#options),
      `in flight per partition: ${acks === 'none' ? 'unlimited' : maxInFlight}`,
      `replicas: ${wished}, effective: ${replicas} replica${replicas === 1 ? '' : 's'}`,
      `min in-sync: ${this.#options.minInSync}, effective: ${minInSync}`,
    ];
  }
}

function retentionLines({ cleanup, reset }: LogOptions): readonly string[] {
  if (cleanup.kind === 'keep') return [];
  if (cleanup.kind === 'compact') return ['cleanup: compaction by key'];
  const bounds = [
    ...(cleanup.ms === undefined ? [] : [`older than ${cleanup.ms} ms`]),
    ...(cleanup.bytes === undefined ? [] : [`beyond ${cleanup.bytes} bytes a partition`]),
  ];
  return [`retention: removed are segments ${bounds.join(' or ')}, then begins at the ${reset}`];
}
