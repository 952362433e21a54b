import type { FidelityClause } from '../engines/fidelity.ts';

/** A suite that has no load: it puts the clauses of a service's document to whatever stands for the service. */
export interface FidelitySuite {
  /** Which of the clauses: the others are left to another suite. */
  readonly takes: FidelityClause['takes'];
  /** Without `--engine`. */
  readonly engines: readonly string[];
  /** By engine; without `--target`. None: the engine's default. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

export const fidelitySuites: Readonly<Record<string, FidelitySuite>> = {
  /** Those that `npm install` brings; others need a package manager of their own. */
  'aws-fidelity': {
    takes: 'seconds',
    engines: ['sqs', 'sns', 'kinesis'],
    targets: {
      sqs: ['fauxqs', 'fauxqs-sqlite'],
      sns: ['fauxqs', 'fauxqs-sqlite'],
      kinesis: ['kinesalite', 'kinesis-local'],
    },
  },
  /** Windows of minutes, and a limit that takes a hundred thousand messages. */
  'aws-fidelity-slow': {
    takes: 'minutes',
    engines: ['sqs', 'kinesis'],
    targets: { sqs: ['fauxqs'], kinesis: ['kinesalite'] },
  },
};
