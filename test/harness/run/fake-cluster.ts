import type { BrokerNode, ControllerNode } from '../../../engines/provisioner.ts';
import { emptyEvent, EventKind, OutcomeCode } from '../../../harness/core/events.ts';
import type { PartableNetworks } from '../../../harness/provision/node-networks.ts';
import type { FaultRecord } from '../../../harness/record/schema.ts';
import { directFaults } from '../../../harness/run/fault-director.ts';
import { SendTally } from '../../../harness/run/send-tally.ts';
import type { Stage } from '../../../harness/run/stage.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';

/** Three replicas of which the first that is up leads; everything that is done to them is written down. */
export class FakeCluster {
  readonly acts: string[] = [];
  /** Of what somebody wanted to know who coordinates it. */
  readonly asked = new Set<string>();
  readonly up = [true, true, true];
  readonly controllersUp = [true, true];
  readonly tally = new SendTally();
  killFails = false;
  /** So many look-ups of a controller that never end. */
  silentLooks = 0;
  /** Whether connections between nodes stand still while they are parted. */
  partsThem = true;
  /** Whether who stands still, or is isolated, leads no more. */
  pauseDeposes = false;
  ignoresStop = false;
  /** So many acts after which nobody has anything to send. */
  loadEndsAfter = Number.POSITIVE_INFINITY;
  /** Whether who is asked to end must be killed in the end. */
  endsLate = false;
  readonly #starts = [0, 0, 0];
  #deposed = -1;
  /** Whether nodes that run do not find each other. */
  isTorn = false;
  /** Whether anybody could. */
  replicates = true;
  /** Whether somebody takes over when the leader is down. */
  electsAnother = true;
  unsettled = 50;
  /** What each of two jobs has half done, and has read. */
  readonly jobs = { halfTransformed: 30, unsettledDeliveries: 7 };
  sent = 10_000;
  acknowledged = 100;
  /** What a look at the acknowledgements finds more than the one before. */
  acknowledgesEachTime = 1;

  nodes(): readonly BrokerNode[] {
    return this.up.map((_, id) => ({
      name: `node ${id}`,
      dataDirectory: '',
      logFile: '',
      pid: () => 40 + id + 10 * (this.#starts[id] ?? 0),
      kill: async () => this.#down(`kill ${id}`, id),
      stop: async () => {
        if (!this.ignoresStop) this.#down(`stop ${id}`, id);
        return this.endsLate ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null };
      },
      losePower: async () => ({ ...this.#down(`cut the power of ${id}`, id), lostBytes: 7 }),
      restart: async () => {
        this.acts.push(`restart ${id}`);
        this.up[id] = true;
        this.#starts[id] = (this.#starts[id] ?? 0) + (this.ignoresStop ? 0 : 1);
      },
      replica: {
        outOfSyncMs: 2,
        successionMs: 2,
        leads: async () => this.#leader() === id,
        coordinates: async (what) => {
          this.asked.add(JSON.stringify(what));
          return this.#leader() === id;
        },
        hasAll: async () => this.up.every(Boolean) && !this.isTorn,
        pause: () => {
          this.acts.push(`pause ${id}`);
          if (this.pauseDeposes) this.#deposed = id;
        },
        resume: () => void this.acts.push(`resume ${id}`),
        withdraw: async () => {
          if (!this.ignoresStop) this.#down(`withdraw ${id}`, id);
          return this.endsLate ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null };
        },
      },
    }));
  }

  /** Two, of which the first that is up is active. */
  controllers(): readonly ControllerNode[] {
    return this.controllersUp.map((_, id) => ({
      name: `controller ${id}`,
      pid: () => 100 + id,
      kill: async () => {
        this.acts.push(`kill controller ${id}`);
        this.controllersUp[id] = false;
        return { pid: 100 + id, signal: 'SIGKILL' };
      },
      restart: async () => {
        this.acts.push(`restart controller ${id}`);
        this.controllersUp[id] = true;
      },
      isActive: () => {
        this.silentLooks -= 1;
        if (this.silentLooks >= 0) return new Promise(() => undefined);
        return Promise.resolve(this.controllersUp.indexOf(true) === id);
      },
    }));
  }

  networks(): PartableNetworks {
    const stuck = { open: this.partsThem ? 2 : 0, opening: 0, unacknowledgedBytes: 99 };
    return {
      addressOf: (member) => `198.18.0.${11 + member}`,
      inside: (_, spec) => spec,
      isolate: async (member) => {
        this.acts.push(`isolate ${member}`);
        if (this.pauseDeposes) this.#deposed = member;
      },
      rejoin: async (member) => void this.acts.push(`rejoin ${member}`),
      stuckWith: async () => stuck,
      close: async () => undefined,
    };
  }

  isRunning(pid: number): boolean {
    if (pid >= 100) return this.controllersUp[pid - 100] === true;
    const id = pid % 10;
    return this.up[id] === true && this.nodes()[id]?.pid() === pid;
  }

  /** A send ends, as the history tells it. */
  settle(outcome: keyof typeof OutcomeCode, code: number, attempts: number): void {
    const kind = EventKind.sendSettled;
    this.tally.observe({
      ...emptyEvent(),
      kind,
      outcome: OutcomeCode[outcome],
      code,
      ref: attempts,
    });
  }

  #leader(): number {
    const first = this.up.findIndex((is, id) => is && id !== this.#deposed);
    return this.electsAnother ? first : this.up[0] === true ? 0 : -1;
  }

  #down(act: string, id: number): { readonly pid: number; readonly signal: string } {
    this.acts.push(act);
    if (this.killFails) throw new Error('not to be killed');
    this.up[id] = false;
    return { pid: 40 + id, signal: 'SIGKILL' };
  }
}

/** What becomes of the scenario's only fault. */
export async function struck(
  cluster: FakeCluster,
  scenario: Scenario,
  nodes = cluster.nodes(),
  controllers = cluster.controllers(),
): Promise<FaultRecord> {
  const stage = {
    cell: { index: 4, scenario, traits: { sendReply: 'each', replicated: cluster.replicates } },
    live: { access: { kind: 'started', nodes, controllers, networks: cluster.networks() } },
    deployed: {
      topology: { destinations: [{ name: 'd0', scopes: 4 }], subscriptions: [{ name: 'g0' }] },
    },
    environment: {
      clock: { nowNs: () => Number(process.hrtime.bigint()) },
      signal: new AbortController().signal,
      isRunning: (pid: number) => cluster.isRunning(pid),
      brokerKey: 'key',
    },
    outcomeName: (code: number) => `name of ${code}`,
    phases: { enter: () => undefined },
    windows: { faultStarted: () => undefined, faultStopped: () => undefined },
    history: { collector: { append: () => undefined }, tally: cluster.tally },
    troupe: {
      release: () => cluster.acts.push('release'),
      sent: () => (cluster.sent += 1),
      acknowledged: () => {
        cluster.acknowledged += cluster.acknowledgesEachTime;
        return cluster.acknowledged;
      },
      unsettledSends: () => cluster.unsettled,
      livingTransformers: () => [1, 2].map(() => ({ counters: () => cluster.jobs })),
      livingProducers: () => (cluster.acts.length < cluster.loadEndsAfter ? [{}] : []),
    },
  };
  const [fault] = await directFaults(stage as unknown as Stage);
  if (fault === undefined) throw new Error('no fault was recorded');
  return fault;
}

export function evidenceOf({ evidence }: FaultRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(evidence.map(({ name, value }) => [name, value]));
}
