import type { Sentence } from './textbook/sentence.ts';

/** One scenario of a suite; undefined takes the scenario's own figure. */
export interface SuiteScenario {
  readonly id: string;
  /** `engine` or `engine@profile`, of those that the suite names; undefined: all of them. */
  readonly engines: string[] | undefined;
  readonly rate: number | undefined;
  readonly messages: number | undefined;
  readonly rounds: number | undefined;
  readonly thresholds: string[] | undefined;
  /** Other options of the load, in the words of their flags. */
  readonly load?: {
    readonly producers?: string;
    readonly consumers?: string;
    readonly partitions?: string;
    readonly nodes?: string;
    readonly warmup?: string;
    readonly effects?: string;
  };
}

/** A suite that ships with Ackmark: what `run --suite <name>` does when the flags do not say otherwise. */
export interface BuiltInSuite {
  readonly engines: string[];
  /** Which the suite asks as well where `--engine` names them. */
  readonly onRequest?: string[];
  /** What the run's cells are held against. */
  readonly sentences?: readonly Sentence[];
  /** Absent: each engine's default. */
  readonly target?: string;
  readonly rounds?: number;
  readonly controls?: boolean;
  readonly scenarios: SuiteScenario[];
}

/** A scenario of the catalogue as it is. */
export const asItIs = (id: string): SuiteScenario => ({
  id,
  engines: undefined,
  rate: undefined,
  messages: undefined,
  rounds: undefined,
  thresholds: undefined,
});
