import type { Administration, Engine, Profile, Session, Target } from '../../../engines/engine.ts';
import { type Defect, MailboxBroker } from './broker.ts';
import { askDepth } from './depth.ts';
import { openSession } from './session.ts';

/**
 * An engine from outside, taken by path: one in-memory queue that claims exactly-once delivery in order.
 * `sound` keeps its word; each other profile breaks it in one way, which the harness must name.
 */
export interface MailboxOptions {
  readonly defect: Defect;
  readonly idle: boolean;
}

function profile(summary: string, options: MailboxOptions): Profile<MailboxOptions> {
  return {
    summary,
    level: 'exactly-once',
    promises: ['per-key-order'],
    claimedUnder: ['none'],
    waived: [],
    deviations: [],
    consumption: 'settle-after-processing',
    source: 'test/acceptance/mailbox/engine.ts',
    options,
  };
}

const channelOf = (target: Target, defect: Defect): string => `${target.address}-${defect}`;

function administer(target: Target, { defect, idle }: MailboxOptions): Administration {
  const name = channelOf(target, defect);
  const broker = idle ? undefined : new MailboxBroker(name, defect);
  return {
    apply: async (topology) => ({ topology, effective: [`defect: ${defect}`], settings: {} }),
    backlog: async () => {
      if (idle) return { by: 'exact-depth', ready: 0, inFlight: 0 };
      return askDepth(name);
    },
    remove: async () => {},
    close: async () => broker?.close(),
  };
}

const silent: Session = {
  producer: async () => ({ send: () => {}, flush: async () => {}, close: async () => {} }),
  consumer: async () => ({ request: () => {}, settle: () => {}, close: async () => {} }),
  close: async () => {},
};

export default {
  id: 'mailbox',
  family: 'queue',
  options: { parse: (value) => value as MailboxOptions },
  profiles: {
    sound: profile('keeps its word', { defect: 'none', idle: false }),
    drops: profile('loses one acknowledged message in 10,000', { defect: 'drops', idle: false }),
    doubles: profile('hands out one message in 10,000 twice', { defect: 'doubles', idle: false }),
    repeats: profile('delivers again after an acknowledgement', { defect: 'repeats', idle: false }),
    swaps: profile('swaps two messages of a lane', { defect: 'swaps', idle: false }),
    idle: profile('does nothing', { defect: 'none', idle: true }),
  },
  outcomes: { 0: 'ok' },
  traits: () => ({
    capabilities: new Set(['places', 'attempts', 'redelivered-flag']),
    acknowledge: 'individual',
    ackReply: 'each',
    sendReply: 'each',
    retriedBy: 'nobody',
    offsetsKeptBy: 'broker',
    drained: 'exact-depth',
    sendLimit: { messages: 500, bytes: 1_000_000 },
    settleLimit: { messages: 500, bytes: 1_000_000 },
    receiveLimit: 1_000,
  }),
  administer: async (target, options) => administer(target, options),
  connect: async (target, options, actor) =>
    options.idle ? silent : openSession(channelOf(target, options.defect), actor),
  provisioners: {
    embedded: async () => ({
      fetch: async () => {},
      up: async (_host, request) => {
        const target: Target = {
          kind: 'embedded',
          title: 'in-memory mailbox',
          address: `mailbox-${request.directory}`,
          nodes: 1,
          settings: {},
        };
        return {
          target,
          proxied: target,
          upstreams: [],
          nodes: [],
          down: async () => {},
        };
      },
    }),
  },
} satisfies Engine<MailboxOptions>;
