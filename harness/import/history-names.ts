import { NameTable } from './name-table.ts';

const records = 0xffff_ffff;
const shorts = 0xffff;
const millions = 16_777_216;

/** Who does what nobody is named for: a drain, a fault, a phase. */
export const observer = 'observer';

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
  readonly #faults: string[] = [];
  readonly #openFaults = new Map<string, number>();

  constructor() {
    this.actors.numberOf(observer);
  }

  /** Sessions of one name are one only if they are of one actor; without a name each actor has one. */
  sessionOf(actor: string | number, session: string | number | undefined): number {
    return this.#sessions.numberOf(session === undefined ? `${actor}` : `${actor}\n${session}`);
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
