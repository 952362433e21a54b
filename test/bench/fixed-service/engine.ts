import type { Engine, Profile } from '../../../engines/engine.ts';
import mailbox from '../../acceptance/mailbox/engine.ts';
import { openFixedSession } from './session.ts';

/** What one message costs the client, and how long it is under way. */
export interface FixedService {
  /** Of arithmetic, by the producer for each send and by the consumer for each settlement: some ns each. */
  readonly workRounds: number;
  readonly tookMs: number;
}

const plain: FixedService = { workRounds: 50_000, tookMs: 100 };
const slower: FixedService = { workRounds: plain.workRounds * 1.1, tookMs: plain.tookMs * 1.1 };

function profile(summary: string, options: FixedService): Profile<FixedService> {
  const { sound } = mailbox.profiles;
  return { ...sound, summary, source: 'test/bench/fixed-service/engine.ts', options };
}

const boxOptions = mailbox.profiles.sound.options;

/** An engine by path whose service is known: what `compare` says of it can be checked. */
export default {
  ...mailbox,
  id: 'fixed-service',
  options: { parse: (value) => value as FixedService },
  profiles: {
    plain: profile('takes the same time and CPU for every message', plain),
    slower: profile('takes a tenth more of both', slower),
  },
  administer: async (target) => mailbox.administer(target, boxOptions),
  connect: async (target, service, actor) =>
    openFixedSession(await mailbox.connect(target, boxOptions, actor), service),
} satisfies Engine<FixedService>;
