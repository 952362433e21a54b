import { hasReached, isVersion } from '../core/version-order.ts';
import type { PlannedProfile } from './cell.ts';

/**
 * The profile with what it promises of the version that was found. Of a system that tells none, or one that cannot be
 * compared, it promises what it does in every edition.
 */
export function editionOf(profile: PlannedProfile, version: string | undefined): PlannedProfile {
  if (version === undefined || !isVersion(version)) return withoutChanges(profile);
  const edition = profile.editions.findLast(({ from }) => hasReached(version, from));
  if (edition === undefined) return profile;
  const { promises, source } = edition;
  return { ...profile, promises, source };
}

function withoutChanges(profile: PlannedProfile): PlannedProfile {
  const { promises, editions } = profile;
  const lasting = promises.filter((promise) =>
    editions.every((edition) => edition.promises.includes(promise)),
  );
  return { ...profile, promises: lasting };
}
