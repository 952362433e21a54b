import type { Engine } from '../../engines/engine.ts';

/**
 * Profiles that the adapter can tell from each other, each by its first name: where two have the same options, what
 * differs is what the harness does with them, and the contract would be put to the same adapter twice.
 */
export function adapterProfiles({ profiles }: Pick<Engine, 'profiles'>): readonly string[] {
  const first = new Map<string, string>();
  for (const [name, { options }] of Object.entries(profiles)) {
    const told = JSON.stringify(options);
    if (!first.has(told)) first.set(told, name);
  }
  return [...first.values()];
}
