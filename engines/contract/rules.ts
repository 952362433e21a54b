import { AckmarkError } from '../../harness/core/errors.ts';

/**
 * What the validating wrapper watches. `place` names the member of engines/engine.ts that states the
 * rule; `docs/writing-an-engine.md` says what each one is for.
 */
export const rules = {
  'ticket-settles-once': {
    place: 'ProducerSink.settled',
    says: 'each ticket settles exactly once',
  },
  'ticket-is-known': {
    place: 'ProducerSink.settled',
    says: 'only tickets of this producer settle',
  },
  'outgoing-is-not-kept': {
    place: 'Outgoing',
    says: 'the array and its objects are the caller’s again when send returns; copy what you keep',
  },
  'no-reply-is-never-ok': {
    place: 'Traits.sendReply',
    says: 'without replies no outcome is ok',
  },
  'code-is-named': {
    place: 'Engine.outcomes',
    says: 'a code is an integer up to 65,535 that the outcomes table names, and 0 exactly for ok',
  },
  'attempts-count': { place: 'ProducerSink.settled', says: 'attempts is an integer of at least 1' },
  'undeclared-is-refused': {
    place: 'Traits.capabilities',
    says: 'what is not declared is refused, never accepted and ignored',
  },
  'report-what-is-declared': {
    place: 'Traits.capabilities',
    says: 'a field is reported always when its capability is declared, and never otherwise',
  },
  'flush-waits': {
    place: 'Producer.flush',
    says: 'flush resolves when every ticket so far has settled',
  },
  'commit-settles': {
    place: 'Transaction.commit',
    says: 'a commit that is ok comes after every ticket of its transaction has settled',
  },
  'close-settles': {
    place: 'Producer.close',
    says: 'whatever is still unsettled at close is settled as unknown before close resolves',
  },
  'disconnected-settles-first': {
    place: 'ProducerSink.disconnected',
    says: 'unsettled tickets are settled as unknown before the disconnection is told',
  },
  'silent-after-close': {
    place: 'Session.close',
    says: 'no sink is called after its owner was closed',
  },
  'permits-are-kept': {
    place: 'Consumer.request',
    says: 'at most as many messages are delivered as were requested and not yet delivered',
  },
  'delivery-is-given-away': {
    place: 'Delivery',
    says: 'each delivered object and its bytes belong to the harness and never change again',
  },
  'scope-is-assigned': {
    place: 'ConsumerSink.assigned',
    says: 'only assigned scopes deliver, and none after it was revoked or lost',
  },
  'generation-grows': { place: 'ConsumerSink.assigned', says: 'generations never go back' },
  'settlement-settles-once': {
    place: 'ConsumerSink.settled',
    says: 'each delivery of a settlement ticket is answered exactly once',
  },
  'settlement-is-known': {
    place: 'ConsumerSink.settled',
    says: 'only settlement tickets of this consumer are answered, by an index they have, or -1',
  },
  'settlement-reply-is-declared': {
    place: 'Traits.ackReply',
    says: 'settlements are answered only where ackReply is each',
  },
  'presence-is-declared': {
    place: 'Traits',
    says: 'begin, seek and fence are there exactly when the traits declare them',
  },
  'traits-are-static': {
    place: 'Engine.traits',
    says: 'the same options always give the same traits',
  },
} as const satisfies Readonly<Record<string, { readonly place: string; readonly says: string }>>;

export type Rule = keyof typeof rules;

export function brokenRule(engine: string, rule: Rule, detail: string): AckmarkError {
  const { place, says } = rules[rule];
  return new AckmarkError(
    'ENGINE_BROKE_CONTRACT',
    `engine "${engine}" broke ${rule} (${place}: ${says}): ${detail}`,
    { hint: `Look up "${rule}" in docs/writing-an-engine.md.` },
  );
}
