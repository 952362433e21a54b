import type { CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import { findStrays } from './missing.ts';
import { routedOf, whyNotRouted } from './routed.ts';

/**
 * R2, routed where it does not belong. A route leads somewhere by its bindings at the time of the send;
 * what was under way while they changed may go either way and is no finding.
 */
export const misRoute: CheckModule = {
  id: 'R2',
  definition:
    'A message was delivered in a subscription that its route did not lead to at any time of its send.',
  source: 'AMQP 0-9-1 section 3.1 (exchanges and bindings); the reference router is the cell’s own',
  memory: '1 bit a message and group that a change of bindings concerned',
  example: [
    '{"kind":"history","version":1,"groups":{"g":{"role":"subscription"},"h":{"role":"subscription"}},"routes":{"r":{"groups":["g"]}},"lanes":{"a":{"route":"r"}}}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":3,"kind":"deliver","actor":"d","group":"h","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"h"}',
  ],
  scope: 'lane',
  applies: (facts) => whyNotRouted(facts, 'by route'),
  create: (state, seed) => {
    const routed = routedOf(state);
    return {
      listensTo: [],
      fold: () => undefined,
      finish: () => {
        const findings = new Findings('R2', state.lanes, seed);
        const note = 'delivered here, where its route does not lead';
        return findings.result(findStrays(routed, 'by route', findings, note));
      },
    };
  },
};
