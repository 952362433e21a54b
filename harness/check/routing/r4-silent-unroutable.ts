import { noGroup } from '../../core/events.ts';
import type { CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { eachRoutedWord, type Routed, routedOf } from './routed.ts';

export const silentUnroutable: CheckModule = {
  id: 'R4',
  definition:
    'A message for nobody was confirmed without having been returned to its sender first, although its route demands that (mandatory).',
  source:
    'AMQP 0-9-1 basic.publish mandatory; RabbitMQ publisher confirms: basic.return before basic.ack',
  memory: '1 bit a message that was returned',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"}},"routes":{"r":{"groups":[],"mandatory":true}},"lanes":{"a":{"route":"r"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: ({ routes }) =>
    routes.some(({ mandatory }) => mandatory) ? undefined : 'no route demands returns',
  create: (state, seed) => {
    const routed = routedOf(state);
    return { listensTo: [], fold: () => undefined, finish: () => finish(routed, state, seed) };
  },
};

/**
 * R4, unroutable and confirmed silently. A return that was seen after the confirm is possible only: the
 * order of two callbacks in a client is not that of the broker. Of a message that was sent again, a return
 * of any attempt before its first confirm will do.
 */
function finish(routed: Routed, state: MessageState, seed: number): CheckResult {
  const findings = new Findings('R4', state.lanes, seed);
  let exposure = 0;
  eachRoutedWord(state, (lane, word) => {
    if (state.facts.routes[state.lanes.routeOf(lane)]?.mandatory !== true) return;
    const unroutable = routed.acknowledged(lane, word) & nowhereWord(routed, lane, word);
    if (unroutable === 0) return;
    exposure += popcount32(unroutable);
    const silent = unroutable & ~routed.returns.beforeConfirm.word(lane, word);
    const late = silent & routed.returns.afterConfirm.word(lane, word);
    findings.possible += popcount32(late);
    eachBit(silent & ~late, word, (seq) => {
      const note = 'its route leads nowhere, yet it was confirmed and not returned';
      findings.add('silent', lane, seq, noGroup, note);
    });
  });
  return findings.result(exposure);
}

/** Messages that certainly belong to no group at all. */
function nowhereWord({ state, bindings }: Routed, lane: number, word: number): number {
  return state.facts.groups.reduce(
    (nowhere, _group, number) => nowhere & bindings.straysWord(number, lane, word),
    -1,
  );
}
