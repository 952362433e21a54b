import type { CheckModule } from '../check.ts';
import { twoAtOnePosition } from './o1-two-at-one-position.ts';
import { reshardOrder } from './o10-reshard-order.ts';
import { requeuedElsewhere } from './o11-requeued-elsewhere.ts';
import { fifoQueue } from './o12-fifo-queue.ts';
import { reordered } from './o2-reordered.ts';
import { rewind } from './o3-rewind.ts';
import { skip } from './o4-skip.ts';
import { sendReorder } from './o5-send-reorder.ts';
import { realtimeOrder } from './o6-realtime-order.ts';
import { divergentOrder } from './o7-divergent-order.ts';
import { pastHead } from './o8-past-head.ts';
import { twoOwners } from './o9-two-owners.ts';

export const orderChecks: readonly CheckModule[] = [
  twoAtOnePosition,
  reordered,
  rewind,
  skip,
  sendReorder,
  realtimeOrder,
  divergentOrder,
  pastHead,
  twoOwners,
  reshardOrder,
  requeuedElsewhere,
  fifoQueue,
];
