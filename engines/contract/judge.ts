import type { AckmarkError } from '../../harness/core/errors.ts';
import type { Traits } from '../engine.ts';
import { brokenRule, type Rule } from './rules.ts';

/** Told of every violation at the moment it happens, also when the adapter hides the consequences. */
export type OnViolation = (violation: AckmarkError) => void;

/**
 * Passes judgement on one session. What an adapter does wrong inside a sink is remembered and thrown at
 * the harness's next call: thrown into the adapter it could vanish in a catch, or end the process from
 * a socket's event handler.
 */
export class Judge {
  readonly engine: string;
  readonly traits: Traits;
  readonly outcomes: Readonly<Record<number, string>>;
  readonly #onViolation: OnViolation;
  #first: AckmarkError | undefined;

  constructor(
    engine: string,
    traits: Traits,
    outcomes: Readonly<Record<number, string>>,
    onViolation: OnViolation,
  ) {
    this.engine = engine;
    this.traits = traits;
    this.outcomes = outcomes;
    this.#onViolation = onViolation;
  }

  /** Always false, so that a sink can say `if (bad) return judge.broke(…)`. */
  broke(rule: Rule, detail: string): false {
    const violation = brokenRule(this.engine, rule, detail);
    this.#first ??= violation;
    this.#onViolation(violation);
    return false;
  }

  throwIfBroken(): void {
    if (this.#first !== undefined) throw this.#first;
  }

  /** True when `code` may accompany `ok`. */
  checkCode(ok: boolean, code: number): boolean {
    if (!Number.isInteger(code) || code < 0 || code > 0xffff) {
      return this.broke('code-is-named', `code ${code}`);
    }
    if (ok !== (code === 0)) {
      return this.broke(
        'code-is-named',
        `code ${code} with an outcome that is ${ok ? '' : 'not '}ok`,
      );
    }
    if (this.outcomes[code] === undefined) {
      return this.broke('code-is-named', `code ${code} is not in the table`);
    }
    return true;
  }
}
