import { AckmarkError } from '../core/errors.ts';
import type { LiveTarget } from './live-target.ts';

/**
 * What is wrong with a target that no promise is about, as its nodes tell; undefined where nothing is. It leaves nothing
 * claimed: whatever was seen beside it says nothing about the system.
 */
export async function environmentFaultOf({
  access,
}: Pick<LiveTarget, 'access'>): Promise<string | undefined> {
  if (access.kind !== 'started') return undefined;
  for (const node of access.nodes) {
    const fault = await node.environmentFault?.();
    if (fault !== undefined) return `environment fault: ${node.name}: ${fault}`;
  }
  return undefined;
}

/** Why a cell could not be run to its end: the fault of its target where there is one, and else what was thrown. */
export async function withEnvironmentFault(
  error: unknown,
  live: Pick<LiveTarget, 'access'>,
): Promise<unknown> {
  let fault: string | undefined;
  try {
    fault = await environmentFaultOf(live);
  } catch {
    // Who cannot tell is no reason to hide what was thrown.
  }
  if (fault === undefined) return error;
  return new AckmarkError('ENVIRONMENT_FAULT', fault, {
    hint: 'Run the cell again: it says nothing about the system.',
    cause: error,
  });
}
