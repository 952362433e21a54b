import type { CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { findMissing, findStrays, whyUndrained } from './missing.ts';
import { type Routed, routedOf, whyNotRouted } from './routed.ts';

export const filterDisagreement: CheckModule = {
  id: 'R6',
  definition:
    'A filtered subscription got a message that the reference filter excludes, or, drained, lacks a confirmed one that it includes and that another subscription has.',
  source:
    'JMS 2.0 section 3.8 (message selectors); SNS subscription filter policies; NATS subject filters',
  memory: '1 bit a message and group that a change of the filter concerned',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"},"f":{"role":"subscription","filtered":true}},"routes":{"r":{"groups":["g"]}},"lanes":{"a":{"route":"r"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"deliver","actor":"d","group":"f","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"f"}',
  ],
  scope: 'lane',
  applies: (facts) => whyNotRouted(facts, 'by filter'),
  create: (state, seed) => {
    const routed = routedOf(state);
    return { listensTo: [], fold: () => undefined, finish: () => finish(routed, state, seed) };
  },
};

const notes = {
  elsewhere: 'confirmed and routed elsewhere, but withheld here, where the filter includes it',
  returned: 'confirmed and returned as unroutable, although the filter here includes it',
};

/** R6, filter and reference disagree: R1 and R2 for subscriptions with a filter. */
function finish(routed: Routed, state: MessageState, seed: number): CheckResult {
  const findings = new Findings('R6', state.lanes, seed);
  const note = 'delivered here, although the filter excludes it';
  const exposure =
    findMissing(routed, 'by filter', findings, notes) +
    findStrays(routed, 'by filter', findings, note);
  const undrained = findings.count === 0 ? whyUndrained(routed, 'R6', 'by filter') : undefined;
  return undrained ?? findings.result(exposure);
}
