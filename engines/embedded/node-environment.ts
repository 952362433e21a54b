import type { ProvisionHost } from '../provisioner.ts';

/** The environment of an embedded node: nothing of the user's, and where compiled code is kept, so that a restart is quick. */
export function nodeEnvironment({ environment }: ProvisionHost): Record<string, string> {
  const directory = environment['NODE_COMPILE_CACHE'];
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}
