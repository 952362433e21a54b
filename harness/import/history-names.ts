import { NameTable } from './name-table.ts';

const records = 0xffff_ffff;
const shorts = 0xffff;
const millions = 16_777_216;

/** Who does what nobody is named for: a drain, a fault, a phase. */
export const observer = 'observer';

type Name = string | number;

/** The numbers of one history's names, as its event records carry them. */
export class HistoryNames {
  readonly actors = new NameTable('actors', 0, shorts);
  readonly groups = new NameTable('groups', 0, shorts);
  readonly lanes = new NameTable('lanes', 0, millions);
  readonly scopes = new NameTable('scopes', 0, millions);
  readonly routes = new NameTable('routes', 0, shorts);
  readonly sinks = new NameTable('sinks', 0, shorts);
  /** From 1; 0 means none. */
  readonly errors = new NameTable('errors', 1, shorts - 1);
  readonly transactions = new NameTable('transactions', 1, millions);
  readonly transactionalIds = new NameTable('transactional ids', 0, records);
  readonly #sessions = new NameTable('sessions', 1, millions);
  readonly #joint = new Set<string>();
  readonly #inGroups = new Map<string, readonly number[]>();
  readonly #faults: string[] = [];
  readonly #openFaults = new Map<string, number>();

  constructor() {
    this.actors.numberOf(observer);
  }

  /**
   * Sessions of one name are one only if they are of one actor and group; without a name each actor has one
   * in each group. One that was opened for no group in particular is the same in all.
   */
  sessionOf(actor: Name, session: Name | undefined, group: Name | undefined): number {
    const name = sessionName(actor, session);
    const isJoint = group === undefined || this.#joint.has(name);
    return isJoint ? this.#sessions.numberOf(name) : this.#inGroup(name, group);
  }

  /** From here on events of the session in whatever group are of one and the same. */
  joinGroups(actor: Name, session: Name): void {
    this.#joint.add(sessionName(actor, session));
  }

  /** The numbers of a session in the groups where it was seen; of one that never was, a new one. */
  sessionsNamed(actor: Name, session: Name): readonly number[] {
    const name = sessionName(actor, session);
    const joint = this.#sessions.find(name);
    const known = [...(joint === undefined ? [] : [joint]), ...(this.#inGroups.get(name) ?? [])];
    return known.length > 0 ? known : [this.#sessions.numberOf(name)];
  }

  #inGroup(name: string, group: Name): number {
    const inGroup = `${name}\n${group}`;
    const known = this.#sessions.find(inGroup);
    if (known !== undefined) return known;
    const number = this.#sessions.numberOf(inGroup);
    this.#inGroups.set(name, [...(this.#inGroups.get(name) ?? []), number]);
    return number;
  }

  /** A fault that begins; one of the same name may follow. */
  beginFault(name: string | number): number {
    const text = String(name);
    this.#faults.push(text);
    this.#openFaults.set(text, this.#faults.length - 1);
    return this.#faults.length - 1;
  }

  /** The last fault of that name to begin, or undefined when none did. */
  endFault(name: string | number): number | undefined {
    const text = String(name);
    const open = this.#openFaults.get(text);
    this.#openFaults.delete(text);
    return open;
  }

  faultNames(): readonly string[] {
    return this.#faults;
  }
}

/** Without a name of its own a session is not one that is named like its actor. */
function sessionName(actor: Name, session: Name | undefined): string {
  return session === undefined ? `${actor}` : `${actor}\n${session}`;
}
