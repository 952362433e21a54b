/** What was sent and what arrived in a stretch of time; all of them are equally long. */
export interface LoadWindow {
  readonly sent: number;
  /** First copies of messages, over all subscriptions. */
  readonly arrived: number;
  /** Mean response time of what arrived. */
  readonly responseNs: number;
}

export const steadyWindows = 5;
const rateTolerance = 0.05;
const responseTolerance = 0.2;
/** Below it the timer and the scheduler of the machine are what varies. */
const responseFloorNs = 500_000;

/**
 * Steady: in each of the last five windows as much arrived as was sent, within 5 %, and its mean response time is within
 * 20 % or half a millisecond of the mean of all five. A backlog that grows, one that is still being worked off and code
 * that is still being compiled are none of it.
 *
 * @param copies deliveries that each message has
 */
export function isSteady(windows: readonly LoadWindow[], copies: number): boolean {
  const last = windows.slice(-steadyWindows);
  if (last.length < steadyWindows) return false;
  const meanNs = last.reduce((sum, { responseNs }) => sum + responseNs, 0) / last.length;
  const bandNs = Math.max(responseFloorNs, responseTolerance * meanNs);
  return last.every(({ sent, arrived, responseNs }) => {
    const owed = sent * copies;
    return (
      owed > 0 &&
      Math.abs(arrived - owed) <= rateTolerance * owed &&
      Math.abs(responseNs - meanNs) <= bandNs
    );
  });
}
