import { hasReached } from '../core/version-order.ts';
import type { PlannedProfile } from './cell.ts';

/** The profile with what it promises of the version that was found; undefined: of a system that does not tell it. */
export function editionOf(profile: PlannedProfile, version: string | undefined): PlannedProfile {
  if (version === undefined) return profile;
  const edition = profile.editions.findLast(({ from }) => hasReached(version, from));
  if (edition === undefined) return profile;
  const { promises, source } = edition;
  return { ...profile, promises, source };
}
