/**
 * Resolved when all have started. Of one that has not is told when every other start has ended, too: what began later
 * than a clean-up would be left running.
 */
export async function allStarted(starts: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(starts);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
