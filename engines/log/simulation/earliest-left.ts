import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { readFoundOffsets, writeFindOffsets } from '../../embedded/protocol/topic-messages.ts';
import type { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { HeldPartitions } from './held-partitions.ts';
import type { MemberPlan } from './member-plan.ts';

/** No message is of that time, so that the end of a partition is found. */
const endOfTimeMs = 2 ** 52;

/**
 * Retention has removed what a member came for: it goes on at the earliest message that is left.
 * @param isMoot what it had is not its any more
 * @param then not called when the answer is lost
 */
export function goOnAtEarliestLeft(
  client: SimulatedClient,
  { topic, group, older }: MemberPlan,
  held: HeldPartitions,
  isMoot: () => boolean,
  then: () => void,
): void {
  const body = writeFindOffsets(new ByteWriter(), { topic, timeMs: endOfTimeMs }).finish();
  client.request(Api.findOffsets, body, (answer) => {
    if (isMoot() || answer.kind === 'lost') return;
    const found = answer.kind === 'ok' ? readFoundOffsets(answer.body) : [];
    for (const { partition, offset: from } of held.positions) {
      const { start = 0, atTime: end = 0 } = found[partition] ?? {};
      if (from >= start) continue;
      older.skipped({ group, partition, from, start, end });
      held.read(partition, start);
    }
    then();
  });
}
