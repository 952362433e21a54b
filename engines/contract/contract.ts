/**
 * What an engine's author needs to prove an adapter: the cases of the contract suite as data, free of
 * any test framework, and the validating wrapper. `docs/writing-an-engine.md` shows their use.
 */
import type { ContractCase } from './bench/subject.ts';
import { administrationCases } from './cases/administration.ts';
import { bindingCases } from './cases/bindings.ts';
import { consumingCases } from './cases/consuming.ts';
import { deadLetterCases } from './cases/dead-letters.ts';
import { fieldCases } from './cases/fields.ts';
import { lifecycleCases } from './cases/lifecycle.ts';
import { memberCases } from './cases/members.ts';
import { sendingCases } from './cases/sending.ts';
import { settlingCases } from './cases/settling.ts';
import { staticCases } from './cases/static.ts';
import { transactionCases } from './cases/transactions.ts';

export type { ContractCase, ContractSubject } from './bench/subject.ts';
export type { OnViolation } from './judge.ts';
export { type Rule, rules } from './rules.ts';
export { maySettle, undeclaredUse } from './undeclared.ts';
export { validated } from './validated.ts';

export const contractCases: readonly ContractCase[] = [
  ...staticCases,
  ...administrationCases,
  ...sendingCases,
  ...fieldCases,
  ...consumingCases,
  ...settlingCases,
  ...deadLetterCases,
  ...bindingCases,
  ...memberCases,
  ...transactionCases,
  ...lifecycleCases,
];
