import { isDeepStrictEqual } from 'node:util';
import { faultDomains, levels, obligedBy, promises } from '../../../harness/core/clauses.ts';
import { isDay } from '../../../harness/core/deviations.ts';
import { capabilities, type Deviation, type Profile, type Traits } from '../../engine.ts';
import { must, mustEqual, mustRefuse } from '../bench/expecting.ts';
import { type ContractCase, profileOf, traitsOf } from '../bench/subject.ts';
import { modulesLoadedBy } from '../bench/threads.ts';

const families = ['log', 'queue', 'broker'];
/** What an engine module may load besides its own files: schemas are data. */
const schemaLibraries: ReadonlySet<string> = new Set(['zod', 'ackmark']);

export const staticCases: readonly ContractCase[] = [
  {
    name: 'the engine names itself and its family',
    run: async ({ engine }) => {
      must(/^[a-z][a-z0-9-]{0,30}$/.test(engine.id), `id ${JSON.stringify(engine.id)}`);
      must(families.includes(engine.family), `family ${engine.family}`);
    },
  },
  {
    name: 'every profile is complete and its options parse to themselves',
    run: async ({ engine }) => {
      must(Object.keys(engine.profiles).length > 0, 'there is no profile');
      for (const [name, profile] of Object.entries(engine.profiles)) {
        must(/^[a-z0-9][a-z0-9.-]*$/.test(name), `profile name ${JSON.stringify(name)}`);
        must(profile.summary.trim() !== '', `${name}: no summary`);
        must(profile.source.trim() !== '', `${name}: no source of its guarantee`);
        must(levels.includes(profile.level), `${name}: level ${profile.level}`);
        must(
          profile.promises.every((one) => promises.includes(one)),
          `${name}: promises`,
        );
        must(
          profile.claimedUnder.every((one) => faultDomains.includes(one)),
          `${name}: claimedUnder`,
        );
        for (const { clause, because } of profile.waived) {
          must(clause !== '' && because.trim() !== '', `${name}: a waiver without its reason`);
        }
        for (const deviation of profile.deviations) deviationIsComplete(name, profile, deviation);
        const parsed = engine.options.parse(profile.options);
        mustEqual(engine.options.parse(parsed), parsed, `${name}: options parsed again`);
      }
    },
  },
  {
    name: 'options refuse what they do not know',
    run: async (subject) => {
      const { engine } = subject;
      const good = profileOf(subject).options as object;
      const garbage: readonly unknown[] = [null, 42, 'text', [], { ...good, 'no-such-option': 1 }];
      for (const value of garbage) {
        await mustRefuse(`options ${JSON.stringify(value)}`, () => engine.options.parse(value));
      }
    },
  },
  {
    name: 'traits depend on the options alone',
    run: async ({ engine }) => {
      for (const [name, { options }] of Object.entries(engine.profiles)) {
        const before = structuredClone(options);
        const [once, again] = [0, 1].map(() => engine.traits(engine.options.parse(options)));
        must(isDeepStrictEqual(once, again), `${name}: two calls gave different traits`);
        mustEqual(options, before, `${name}: options after traits()`);
      }
    },
  },
  {
    name: 'traits do not contradict each other',
    run: async (subject) => {
      for (const [name, profile] of Object.entries(subject.engine.profiles)) {
        const traits = traitsOf({ ...subject, profile: name });
        for (const contradiction of contradictions(traits, profile.consumption === 'automatic')) {
          must(false, `${name}: ${contradiction}`);
        }
      }
    },
  },
  {
    name: 'outcome codes have names, and 0 is ok',
    run: async ({ engine }) => {
      must(engine.outcomes[0] !== undefined, 'code 0 has no name');
      for (const [code, name] of Object.entries(engine.outcomes)) {
        const number = Number(code);
        must(Number.isInteger(number) && number >= 0 && number <= 0xffff, `code ${code}`);
        must(name.trim() !== '', `code ${code} has no name`);
      }
    },
  },
  {
    name: 'importing the engine module loads no client library',
    run: async (subject) => {
      const own = packageOf(subject.module.href);
      const loaded = await modulesLoadedBy(subject.module, subject.patienceMs);
      must(loaded.includes(subject.module.href), 'the module did not load');
      const foreign = new Set(loaded.map(packageOf).filter((name) => name !== own));
      const clients = [...foreign].filter((name) => name !== '' && !schemaLibraries.has(name));
      mustEqual(clients, [], 'packages loaded by importing the engine module');
    },
  },
  {
    name: 'a URL is understood or refused, never guessed at',
    run: async ({ engine }) => {
      if (engine.external === undefined) return;
      const external = engine.external.bind(engine);
      await mustRefuse('an empty address', () => external('', {}));
      await mustRefuse('an address that is none', () => external('::: not an address :::', {}));
    },
  },
  {
    name: 'the wire module says where server frames end',
    run: async ({ engine }) => {
      if (engine.wire === undefined) return;
      const module = (await import(engine.wire.href)) as { wire?: { connection?: unknown } };
      must(typeof module.wire?.connection === 'function', `${engine.wire.href} exports no wire`);
    },
  },
];

function contradictions(traits: Traits, automatic: boolean): readonly string[] {
  const has = (name: Parameters<Traits['capabilities']['has']>[0]): boolean =>
    traits.capabilities.has(name);
  const settles = traits.acknowledge !== 'none';
  const known: ReadonlySet<string> = new Set(capabilities);
  const rules: readonly (readonly [boolean, string])[] = [
    [[...traits.capabilities].every((one) => known.has(one)), 'an unknown capability'],
    [automatic === !settles, 'consumption is automatic exactly when acknowledge is none'],
    [settles || traits.ackReply === 'none', 'a reply to settlements that do not exist'],
    [
      settles || !(has('requeue') || has('reject') || has('extend')),
      'settling without acknowledge',
    ],
    [!has('extend') || has('lease'), 'extend without lease'],
    [!has('rebalance-events') || has('groups'), 'rebalance-events without groups'],
    [has('transactions') === (traits.isolation !== undefined), 'isolation without transactions'],
    [traits.drained !== 'end-position' || has('places'), 'end-position without places'],
    [traits.sendReply === 'each' || traits.retriedBy !== 'harness', 'resending without replies'],
    [isCount(traits.sendLimit.messages) && traits.sendLimit.bytes >= 64, 'sendLimit'],
    [isCount(traits.settleLimit.messages), 'settleLimit'],
    [isCount(traits.receiveLimit), 'receiveLimit'],
  ];
  return rules.filter(([holds]) => !holds).map(([, text]) => text);
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function packageOf(url: string): string {
  const after = url.split('/node_modules/').at(-1);
  if (after === undefined || after === url) return '';
  const [first = '', second = ''] = after.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** A deviation from what was never claimed would excuse nothing and mislead its reader. */
function deviationIsComplete(
  name: string,
  { level, promises: also, waived }: Profile<unknown>,
  { id, clause, because, expires }: Deviation,
): void {
  must(id.trim() !== '' && because.trim() !== '', `${name}: a deviation without id or reason`);
  must(isDay(expires), `${name}: deviation ${id} expires on ${expires}, which is no day`);
  const obliged = obligedBy(level, also, { effects: 'unrecorded' });
  must(
    obliged.some(({ check }) => check === clause) && waived.every((one) => one.clause !== clause),
    `${name}: deviation ${id} is about ${clause}, which the profile does not claim`,
  );
}
