import { catalog } from '../../engines/catalog.ts';
import type { Profile } from '../../engines/engine.ts';
import { scenarios } from '../../scenarios/catalog.ts';
import { needIds, needs } from '../../scenarios/choosing/needs.ts';
import { fidelitySuites } from '../../scenarios/fidelity-suites.ts';
import { suites } from '../../scenarios/suites.ts';
import { clauseTitle, familyOf } from '../core/anomalies.ts';
import { type ClaimSet, levels, obligedBy, promises } from '../core/clauses.ts';
import { decidedChecks } from '../run/explain/decided-checks.ts';
import { explainClaim } from '../run/explain/explain-claim.ts';
import { mutants, pendingMutants } from '../selftest/mutants/catalog.ts';
import type { Expected } from '../selftest/mutants/mutant.ts';

/** One thing that there is. */
export interface Listed {
  readonly name: string;
  /** All of it in one line, for human readers. */
  readonly text: string;
  /** The same for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What `ackmark list` can be asked for, in the order of `ackmark list`. */
export const listings = {
  engines: async () =>
    Promise.all(
      catalog.map(async ({ id, defaultTarget, load }) => {
        const targets = Object.keys((await load()).default.provisioners);
        const others = targets.filter((target) => target !== defaultTarget);
        const also = others.length === 0 ? '' : `; also ${others.join(', ')}`;
        return {
          name: id,
          text: `target ${defaultTarget}${also}`,
          facts: { defaultTarget, targets },
        };
      }),
    ),
  profiles: async () =>
    (await allProfiles()).map(({ name, profile: { level, summary } }) => ({
      name,
      text: `${level}: ${summary}`,
      facts: { level, summary },
    })),
  claims: async () =>
    (await allProfiles()).map(({ name, profile }) => {
      const facts = claimOf(profile);
      return { name, text: claimText(facts), facts };
    }),
  levels: async () => levels.map(demandsOf),
  promises: async () => promises.map(demandsOf),
  scenarios: async () =>
    scenarios.map(({ id, summary }) => ({ name: id, text: summary, facts: { summary } })),
  suites: async () => [
    ...Object.entries(suites).map(([name, { engines, target = 'each engine’s default' }]) => ({
      name,
      text: `${engines.join(', ')} on ${target}`,
      facts: { engines, target },
    })),
    ...Object.entries(fidelitySuites).map(([name, { engines, targets }]) => ({
      name,
      text: `${engines.join(', ')}, clause by clause: what their targets answer`,
      facts: { engines, targets },
    })),
  ],
  needs: async () =>
    needIds.map((name) => ({ name, text: needs[name].text, facts: { text: needs[name].text } })),
  checks: async () =>
    decidedChecks.map((id) => {
      const facts = { family: familyOf(id), title: clauseTitle[id] };
      return { name: id, text: `${facts.family.padEnd(12)}  ${facts.title}`, facts };
    }),
  mutants: async () =>
    [...mutants.map(playedMutant), ...pendingMutants.map(pendingMutant)].toSorted((a, b) =>
      a.name.localeCompare(b.name, 'en', { numeric: true }),
    ),
} as const satisfies Readonly<Record<string, () => Promise<readonly Listed[]>>>;

export type Thing = keyof typeof listings;
export const things = Object.keys(listings) as readonly Thing[];

interface NamedProfile {
  readonly name: string;
  readonly profile: Profile<unknown>;
}

async function allProfiles(): Promise<readonly NamedProfile[]> {
  const engines = await Promise.all(catalog.map((entry) => entry.load()));
  return engines.flatMap(({ default: engine }) =>
    Object.entries(engine.profiles).map(([name, profile]) => ({
      name: `${engine.id}@${name}`,
      profile,
    })),
  );
}

type ProfileClaim = ReturnType<typeof claimOf>;

/** What a profile must keep and should keep, under which faults, and what it is excused from. */
function claimOf(profile: Profile<unknown>) {
  const { level, promises: also, claimedUnder, waived, deviations, editions = [] } = profile;
  const obliged = obligedBy(level, also, { effects: 'unrecorded' }).filter(({ check }) =>
    waived.every(({ clause }) => clause !== check),
  );
  const idsOf = (wanted: 'must' | 'should') =>
    obliged.filter(({ obligation }) => obligation === wanted).map(({ check }) => check);
  return {
    level,
    promises: also,
    must: idsOf('must'),
    should: idsOf('should'),
    under: claimedUnder,
    waived: waived.map(({ clause }) => clause),
    deviations: deviations.map(({ id, clause, expires }) => ({ id, clause, expires })),
    editions: editions.map(({ from, promises: then }) => ({ from, promises: then })),
  };
}

function claimText(claim: ProfileClaim): string {
  const { level, must, should, under, waived, deviations, editions } = claim;
  const excused = deviations.map(({ id, clause, expires }) => `${clause} (${id}) until ${expires}`);
  return [
    [level, ...claim.promises].join(', '),
    `must ${must.join(' ')}`,
    `should ${should.join(' ')}`,
    `under ${under.join(', ') || 'no fault'}`,
    ...(waived.length > 0 ? [`waived ${waived.join(' ')}`] : []),
    ...editions.map(({ from, promises: then }) => `from ${from} on ${[level, ...then].join(', ')}`),
    ...(excused.length > 0 ? [`deviates ${excused.join(', ')}`] : []),
  ].join('; ');
}

function demandsOf(name: ClaimSet): Listed {
  const { must, should, withoutEffects } = explainClaim(name);
  const demands: readonly (readonly [string, readonly string[]])[] = [
    ['must', must],
    ['without effects also', withoutEffects],
    ['should', should],
  ];
  return {
    name,
    text: demands
      .filter(([, ids]) => ids.length > 0)
      .map(([word, ids]) => `${word} ${ids.join(' ')}`)
      .join('; '),
    facts: { must, mustWithoutEffects: withoutEffects, should },
  };
}

function playedMutant({ id, story, expects }: (typeof mutants)[number]): Listed {
  const expected = expectationOf(expects);
  return { name: id, text: `${story}: ${expected}`, facts: { story, expected } };
}

function pendingMutant({ id, because }: (typeof pendingMutants)[number]): Listed {
  return { name: id, text: `pending: ${because}`, facts: { pending: because } };
}

function expectationOf(expects: Expected): string {
  return 'root' in expects ? `${expects.root} ${expects.as}` : expects.as;
}
