import { AckmarkError } from '../../harness/core/errors.ts';
import { type Refusal, statusName } from '../embedded/protocol/protocol.ts';

export function closedProducer(): AckmarkError {
  return new AckmarkError('CONNECT_FAILED', 'the producer is closed', { hint: 'Open another.' });
}

export function refusal(status: Refusal, reason: string): AckmarkError {
  const message = `the broker refused the producer: ${statusName[status]}, ${reason}`;
  const hint = 'A new session registers a new producer.';
  return new AckmarkError('CONNECT_FAILED', message, { hint });
}

export function unanswered(timeoutMs: number): AckmarkError {
  const message = `a request was not answered within ${timeoutMs} ms`;
  const hint = 'Look at the end of the broker’s log; it may hang.';
  return new AckmarkError('CONNECT_FAILED', message, { hint });
}
