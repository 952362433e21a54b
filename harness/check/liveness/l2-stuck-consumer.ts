import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { progress } from './progress.ts';
import { tellStalls } from './tell-stalls.ts';

export const stuckConsumer: CheckModule = {
  id: 'L2',
  definition:
    'A group had an open session and acknowledged messages that had never been delivered to it, and nothing was delivered to it for longer than the bound stallMs, without a fault that excuses it.',
  source:
    'Public reports of consumers stuck before a backlog, for example KAFKA-12679 and RabbitMQ discussions',
  memory: 'a few numbers a group, and its open sessions',
  example: [
    '{"kind":"history","version":1,"bounds":{"stallMs":1000}}',
    '{"timeMs":0,"kind":"session.opened","actor":"c","group":"g","session":"s"}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","session":"s","lane":"a","seq":0}',
    '{"timeMs":4,"kind":"settle.invoke","actor":"c","group":"g","session":"s","lane":"a","seq":0,"how":"acknowledge"}',
    '{"timeMs":5,"kind":"settle.settled","actor":"c","group":"g","session":"s","lane":"a","seq":0,"how":"acknowledge","outcome":"ok"}',
    '{"timeMs":6,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":7,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":4000,"kind":"phase","actor":"o","phase":"end"}',
  ],
  applies: () => undefined,
  create: stuckConsumerCheck,
};

/**
 * Only the group as a whole: of several members some may rightly be idle. While the group holds unsettled
 * deliveries it may be its consumers that are slow, so that a stall is possible only.
 */
function stuckConsumerCheck(state: MessageState, seed: number): Check {
  const waits = state.part(progress);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      waits.close();
      const findings = new Findings('L2', state.lanes, seed);
      let exposure = 0;
      waits.groups.forEach(({ waiting }, group) => {
        const { stalls, total, steps } = waiting;
        exposure += Math.max(steps, total);
        if ((state.groups[group]?.inFlight.size ?? 0) > 0) {
          findings.possible += total;
          return;
        }
        tellStalls(findings, {
          stalls,
          total,
          kind: 'backlog',
          group,
          note: (waitedMs) =>
            `a backlog and an open session, and nothing delivered for ${waitedMs} ms`,
        });
      });
      return findings.result(exposure);
    },
  };
}
