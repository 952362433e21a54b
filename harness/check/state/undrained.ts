import type { MessageState } from './message-state.ts';

/** `subscription billing was not drained`: why what is missing there may still come. */
export function undrainedText(state: MessageState, groups: readonly number[]): string {
  const names = groups.map((group) => state.nameOf('group', group)).join(', ');
  return groups.length === 1
    ? `subscription ${names} was not drained`
    : `subscriptions ${names} were not drained`;
}
