import { z } from 'zod';
import { checkIds } from '../harness/core/anomalies.ts';
import { faultDomains, levels, promises } from '../harness/core/clauses.ts';
import { isDay } from '../harness/core/deviations.ts';
import { AckmarkError, describeError } from '../harness/core/errors.ts';
import { hasReached } from '../harness/core/version-order.ts';
import type { Engine } from './engine.ts';

const callable = z.custom<(...values: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);

const deviation = z.looseObject({
  id: z.string().min(1),
  clause: z.enum(checkIds),
  under: z.enum([...faultDomains, 'any']),
  target: z.string().min(1),
  because: z.string().min(1),
  expires: z.string().refine(isDay, 'must be a day such as 2027-01-31'),
});

const edition = z.looseObject({
  from: z.string().regex(/^\d+(\.\d+)*$/, 'must be a version such as 4.3'),
  promises: z.array(z.enum(promises)),
  source: z.string().min(1),
});

const editions = z.array(edition).superRefine((list, context) => {
  for (const [at, { from }] of list.entries()) {
    const before = list[at - 1];
    if (before === undefined || !hasReached(before.from, from)) continue;
    const message = `must be later than ${before.from}: editions are oldest first`;
    context.addIssue({ code: 'custom', path: [at, 'from'], message });
  }
});

const profile = z.looseObject({
  summary: z.string().min(1),
  level: z.enum(levels),
  promises: z.array(z.enum(promises)),
  claimedUnder: z.array(z.enum(faultDomains)),
  waived: z.array(z.looseObject({ clause: z.string(), because: z.string().min(1) })),
  deviations: z.array(deviation),
  consumption: z.enum(['automatic', 'settle-before-processing', 'settle-after-processing']),
  source: z.string().min(1),
  editions: editions.optional(),
});

const shape = z.looseObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be lower case letters, digits and dashes'),
  family: z.enum(['log', 'queue', 'broker']),
  options: z.looseObject({ parse: callable }),
  profiles: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9.-]{0,40}$/), profile)
    .refine((profiles) => Object.keys(profiles).length > 0, 'must have at least one profile'),
  outcomes: z.record(z.string(), z.string()),
  provisioners: z.record(z.string(), callable),
  traits: callable,
  administer: callable,
  connect: callable,
});

/**
 * The engine that a module exports, or an error that names every field that is not as the contract says.
 * What cannot be seen from outside (behaviour) is the contract suite's business.
 */
export function checkEngineShape(module: unknown, place: string): Engine {
  const exported =
    typeof module === 'object' && module !== null && 'default' in module
      ? module.default
      : undefined;
  const checked = shape.safeParse(exported);
  const problems = checked.success
    ? badOptions(exported as Engine)
    : checked.error.issues.map(
        (issue) => `${['default', ...issue.path].join('.')}: ${issue.message}`,
      );
  if (problems.length > 0) {
    throw new AckmarkError('BAD_ENGINE', `${place} is not an engine:\n${problems.join('\n')}`, {
      hint: 'Compare it with docs/writing-an-engine.md; `export default { … } satisfies Engine<Options>` lets the compiler tell.',
    });
  }
  return exported as Engine;
}

function badOptions(engine: Engine): readonly string[] {
  return Object.entries(engine.profiles).flatMap(([name, candidate]) => {
    try {
      engine.traits(engine.options.parse(candidate.options));
      return [];
    } catch (error) {
      return [`default.profiles.${name}.options: ${describeError(error)}`];
    }
  });
}
