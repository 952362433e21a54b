/**
 * What a child may see of our environment: nothing that is meant for Ackmark. Logins for systems elsewhere are in
 * such variables, and whoever may look into the child or into what it writes would read them.
 */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^ACKMARK_/i.test(name)),
  );
}
