import { existsSync } from 'node:fs';
import { chown, stat } from 'node:fs/promises';
import type { ProcessSpec } from '../../../engines/provisioner.ts';
import { AckmarkError } from '../../core/errors.ts';

/** `nobody` and its group, which every Linux has. */
const nobody = 65_534;
const setpriv = '/usr/bin/setpriv';

/**
 * PostgreSQL refuses to run as root, because whoever breaks into it would be root then. Started by root it runs as
 * `nobody`, who may look into directories of root's all the same: the programs may be in one, and so is the data. What
 * ties a child's life to ours is lost with a change of user, and is said again.
 *
 * @param paths what shall be its own
 * @returns what makes a command run so; nothing where whoever runs us is not root
 */
export async function unprivileged(
  paths: readonly string[],
): Promise<(spec: ProcessSpec) => ProcessSpec> {
  const owners = await Promise.all(paths.map(async (path) => (await stat(path)).uid));
  if (!owners.includes(0)) return (spec) => spec;
  if (!existsSync(setpriv)) {
    throw new AckmarkError('TARGET_UNAVAILABLE', 'PostgreSQL does not run as root', {
      hint: `Run this as another user, or install util-linux for ${setpriv}.`,
    });
  }
  for (const path of paths) await chown(path, nobody, nobody);
  const user = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const mayLook = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return (spec) => ({
    ...spec,
    command: setpriv,
    arguments: [...user, ...mayLook, '--pdeathsig', 'KILL', '--', spec.command, ...spec.arguments],
  });
}
