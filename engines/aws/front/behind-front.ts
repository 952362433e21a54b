import type { Provisioner } from '../../provisioner.ts';

/** A target that may stand behind a proxy, loaded when it is asked for. */
export async function behindFront(behind: () => Promise<Provisioner>): Promise<Provisioner> {
  const { fronted } = await import('./fronted.ts');
  return fronted(await behind());
}
