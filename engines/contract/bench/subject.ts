import type { Engine, Profile, Target, Traits } from '../../engine.ts';

/** What the suite is run against: one profile of one engine on one target that is up. */
export interface ContractSubject {
  readonly engine: Engine;
  /** The module whose default export is `engine`; loaded again in worker threads. */
  readonly module: URL;
  readonly profile: string;
  readonly target: Target;
  /** Unique to this run of the suite, [a-z0-9-], at most 20 characters: every name begins with it. */
  readonly prefix: string;
  /** How long something that must happen may take; an upper bound for giving up, never asserted. */
  readonly patienceMs: number;
  /** How long to watch that something does not happen. */
  readonly quietMs: number;
}

/** One promise of the contract. Cases are data: map them to the tests of any framework. */
export interface ContractCase {
  readonly name: string;
  /** Rejects with what is wrong. A capability that is not declared is tested to be refused. */
  readonly run: (subject: ContractSubject) => Promise<void>;
}

export function profileOf(subject: ContractSubject): Profile<unknown> {
  const profile = subject.engine.profiles[subject.profile];
  if (profile === undefined)
    throw new Error(`${subject.engine.id} has no profile ${subject.profile}`);
  return profile;
}

export function traitsOf(subject: ContractSubject): Traits {
  return subject.engine.traits(subject.engine.options.parse(profileOf(subject).options));
}
