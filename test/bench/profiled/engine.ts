import { writeFileSync } from 'node:fs';
import type { Engine } from '../../../engines/engine.ts';
import nullEngine from '../../../engines/null/engine.ts';
import { startProfile } from './profile.ts';

/** What is looked at in the thread of whoever connects, and where it is written when the session closes. */
export interface ProfiledOptions {
  readonly of: 'cpu' | 'allocation';
  readonly file: string;
}

/** The null engine, which watches its actor's thread from inside: what it sees is the harness alone. */
export default {
  ...nullEngine,
  id: 'profiled',
  options: { parse: (value) => value as ProfiledOptions },
  profiles: {
    cpu: { ...nullEngine.profiles.nothing, options: { of: 'cpu', file: 'cpu.json' } },
  },
  traits: () => nullEngine.traits(),
  connect: async (target, { of, file }, actor) => {
    const session = await nullEngine.connect(target, {}, actor);
    const stop = startProfile(of);
    return {
      ...session,
      close: async () => {
        writeFileSync(file, JSON.stringify(stop()));
        await session.close();
      },
    };
  },
} satisfies Engine<ProfiledOptions>;
