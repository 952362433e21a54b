import type { Engine } from './engine.ts';
import type { Simulation } from './simulation.ts';

/** Where an engine's module is and how to load it; importing a module loads no client library. */
export interface CatalogEntry {
  readonly id: string;
  readonly module: URL;
  /** The target used when the command line names none. */
  readonly defaultTarget: string;
  readonly load: () => Promise<{ readonly default: Engine }>;
  /** Plays the engine in virtual time, where its broker is our own. */
  readonly simulation?: () => Promise<Simulation>;
  /**
   * What a run does for which nobody names scenarios: of a system that takes fewer messages than the scenarios send by
   * themselves. Absent: all scenarios as they are.
   */
  readonly suite?: string;
  /** Programs that its default target needs from the system; `doctor` looks for them. */
  readonly programs: readonly Program[];
  /** The same of its other targets, which nobody needs for the engine itself. */
  readonly others?: readonly { readonly target: string; readonly programs: readonly Program[] }[];
}

export interface Program {
  readonly command: string;
  /** Arguments with which it only says that it is there. */
  readonly probe: readonly string[];
  readonly fix: string;
}

const java: Program = {
  command: 'java',
  probe: ['-version'],
  fix: 'Install a Java 17 (openjdk-17-jre-headless).',
};
const maven: Program = {
  command: 'mvn',
  probe: ['--version'],
  fix: 'Install maven: it fetches the broker.',
};
const pipOf = (command: string): Program => ({
  command,
  probe: ['-m', 'pip', '--version'],
  fix: `Install ${command} with pip: it fetches the target.`,
});
const moto = { target: 'moto', programs: [pipOf('python3')] };
const localstack = { target: 'localstack', programs: [pipOf('python3.13')] };

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const moduleOf = (id: string): URL => new URL(`./${id}/engine.${suffix}`, import.meta.url);

export const catalog: readonly CatalogEntry[] = [
  {
    id: 'log',
    module: moduleOf('log'),
    defaultTarget: 'embedded',
    load: () => import('./log/engine.ts'),
    simulation: async () => (await import('./log/simulation/simulation.ts')).simulation,
    programs: [],
  },
  {
    id: 'queue',
    module: moduleOf('queue'),
    defaultTarget: 'embedded',
    load: () => import('./queue/engine.ts'),
    simulation: async () => (await import('./queue/simulation/simulation.ts')).simulation,
    programs: [],
  },
  {
    id: 'broker',
    module: moduleOf('broker'),
    defaultTarget: 'embedded',
    load: () => import('./broker/engine.ts'),
    simulation: async () => (await import('./broker/simulation/simulation.ts')).simulation,
    programs: [],
  },
  {
    id: 'null',
    module: moduleOf('null'),
    defaultTarget: 'embedded',
    load: () => import('./null/engine.ts'),
    programs: [],
  },
  {
    id: 'kafka',
    module: moduleOf('kafka'),
    defaultTarget: 'local',
    load: () => import('./kafka/engine.ts'),
    programs: [java, maven],
  },
  {
    id: 'redpanda',
    module: moduleOf('redpanda'),
    defaultTarget: 'external',
    load: () => import('./redpanda/engine.ts'),
    programs: [],
  },
  {
    id: 'rabbitmq',
    module: moduleOf('rabbitmq'),
    defaultTarget: 'local',
    load: () => import('./rabbitmq/engine.ts'),
    programs: [
      {
        command: 'apt-get',
        probe: ['--version'],
        fix: 'Use a Debian, whose packages are unpacked privately, or --target amqp://…',
      },
      { command: 'unshare', probe: ['--version'], fix: 'Install util-linux.' },
    ],
  },
  {
    id: 'nats',
    module: moduleOf('nats'),
    defaultTarget: 'local',
    load: () => import('./nats/engine.ts'),
    programs: [
      {
        command: 'python3',
        probe: ['-m', 'pip', '--version'],
        fix: 'Install python3 with pip: it fetches the server.',
      },
    ],
  },
  {
    id: 'redis',
    module: moduleOf('redis'),
    defaultTarget: 'local',
    load: () => import('./redis/engine.ts'),
    programs: [
      {
        command: 'apt-get',
        probe: ['--version'],
        fix: 'Use a Debian, whose packages are unpacked privately, or --target redis://…',
      },
    ],
  },
  {
    id: 'pulsar',
    module: moduleOf('pulsar'),
    defaultTarget: 'local',
    load: () => import('./pulsar/engine.ts'),
    programs: [java, maven],
  },
  {
    id: 'sqs',
    module: moduleOf('sqs'),
    defaultTarget: 'fauxqs',
    load: () => import('./sqs/engine.ts'),
    suite: 'aws',
    programs: [],
    others: [{ target: 'elasticmq', programs: [java, maven] }, moto, localstack],
  },
  {
    id: 'sns',
    module: moduleOf('sns'),
    defaultTarget: 'fauxqs',
    load: () => import('./sns/engine.ts'),
    suite: 'aws',
    programs: [],
    others: [moto, localstack],
  },
  {
    id: 'kinesis',
    module: moduleOf('kinesis'),
    defaultTarget: 'kinesalite',
    load: () => import('./kinesis/engine.ts'),
    suite: 'aws',
    programs: [],
    others: [moto],
  },
];
