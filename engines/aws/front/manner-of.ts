import { DisorderlyQueue } from './disorderly-queue.ts';
import { LimitedCalls } from './limited-calls.ts';
import { LimitedShards } from './limited-shards.ts';
import type { AwsService } from './service.ts';
import { answered, type Manner } from './service-call.ts';
import { StumblingService } from './stumbling-service.ts';

export function mannerOf(service: AwsService, nowMs: () => number): Manner {
  switch (service.does) {
    case 'what-the-target-does':
      return { react: async (_, forward) => answered(await forward()) };
    case 'limit-calls':
      return new LimitedCalls(service.callsPerSecond, nowMs);
    case 'limit-shards':
      return new LimitedShards(service, nowMs);
    case 'stumble':
      return new StumblingService(service);
    case 'repeat-and-disorder':
      return new DisorderlyQueue(service, nowMs);
  }
}
