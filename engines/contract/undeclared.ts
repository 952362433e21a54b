import type { Capability, Outgoing, Settlement, Traits } from '../engine.ts';

/** The capability that `message` needs and the traits do not declare; an adapter refuses such a message. */
export function undeclaredUse(
  capabilities: Traits['capabilities'],
  message: Outgoing,
): Capability | undefined {
  if (message.key !== undefined && !capabilities.has('keys')) return 'keys';
  if (message.partition !== undefined && !capabilities.has('partitions')) return 'partitions';
  if (message.headers !== undefined && !capabilities.has('headers')) return 'headers';
  if (message.delayMs > 0 && !capabilities.has('delay')) return 'delay';
  if (message.group !== undefined && !capabilities.has('message-groups')) return 'message-groups';
  if (message.deduplicationId !== undefined && !capabilities.has('deduplication')) {
    return 'deduplication';
  }
  return undefined;
}

/** Whether the traits let a consumer settle like this. */
export function maySettle(traits: Traits, how: Settlement['how']): boolean {
  if (traits.acknowledge === 'none') return false;
  return how === 'acknowledge' || traits.capabilities.has(how);
}
