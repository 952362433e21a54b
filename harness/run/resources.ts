import type { CountsRecord } from '../record/schema.ts';
import type { ResourcesRecord } from '../record/resource-schema.ts';
import type { CellFigures } from './performance.ts';
import { messagesOf } from './sent-messages.ts';
import type { Play } from './play.ts';
import type { Stage } from './stage.ts';

/** What each broker process took between the start of the load and the end of the drain. */
export function brokersMicros({ before, after }: Play['cpu']): readonly {
  readonly name: string;
  readonly micros: number | undefined;
}[] {
  return after.nodes.map(({ name, micros }, at) => {
    const earlier = before.nodes[at]?.micros;
    const isKnown = micros !== undefined && earlier !== undefined;
    return { name, micros: isKnown ? micros - earlier : undefined };
  });
}

/** Null for a cell that is not timed: it shares the machine with others. */
export function resourcesOf(
  stage: Stage,
  { cpu, use }: Play,
  counts: CountsRecord,
  { pacingNs }: CellFigures,
): ResourcesRecord | null {
  if (stage.cell.scenario.kind !== 'timed') return null;
  const { sent } = messagesOf(stage, counts);
  const { before, after } = cpu;
  return {
    pacingMicrosPerMessage: perMessage(pacingNs / 1e3, sent),
    coordinatorMicrosPerMessage: perMessage(after.harnessMicros - before.harnessMicros, sent),
    checkingMicrosPerMessage: perMessage(after.checkingMicros - before.checkingMicros, sent),
    samplingMicrosPerMessage: perMessage(use.samplingMicros, sent),
    processRssBytes: use.processRssBytes ?? null,
    brokers: brokersMicros(cpu).map(({ name, micros }, at) => ({
      name,
      cpuMicrosPerMessage: micros === undefined ? null : perMessage(micros, sent),
      rssBytes: use.brokerRssBytes[at] ?? null,
    })),
  };
}

export function perMessage(micros: number, messages: number): number {
  return messages === 0 ? 0 : micros / messages;
}
