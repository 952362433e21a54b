import type { CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { findMissing, whyUndrained } from './missing.ts';
import { type Routed, routedOf, whyNotRouted } from './routed.ts';

export const missingRoute: CheckModule = {
  id: 'R1',
  definition:
    'A confirmed message is not in a drained subscription that its route leads to, although the broker had it: another subscription has it, or it came back as unroutable. Absent everywhere it is lost (D1), and nothing blames the router.',
  source: 'AMQP 0-9-1 section 3.1 (exchanges and bindings); the reference router is the cell’s own',
  memory: '1 bit a message and group that a change of bindings concerned, besides D1’s',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"},"h":{"role":"subscription"}},"routes":{"r":{"groups":["g","h"]}},"lanes":{"a":{"route":"r"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"h"}',
  ],
  scope: 'lane',
  applies: (facts) => whyNotRouted(facts, 'by route'),
  create: (state, seed) => {
    const routed = routedOf(state);
    return { listensTo: [], fold: () => undefined, finish: () => finish(routed, state, seed) };
  },
};

const notes = {
  elsewhere: 'confirmed and routed elsewhere, but never here, where it belongs',
  returned: 'confirmed and returned as unroutable, although its route leads here',
};

/**
 * R1, not routed where it belongs. That the broker had the message and this subscription never did cannot
 * be told from a queue that lost it after routing: either way the fan-out is broken. Each is a loss (D1) too.
 */
function finish(routed: Routed, state: MessageState, seed: number): CheckResult {
  const findings = new Findings('R1', state.lanes, seed);
  const exposure = findMissing(routed, 'by route', findings, notes);
  const undrained = findings.count === 0 ? whyUndrained(routed, 'R1', 'by route') : undefined;
  return undrained ?? findings.result(exposure);
}
