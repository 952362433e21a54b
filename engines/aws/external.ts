import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { refuseLoginIn } from '../external-access.ts';

/**
 * `http://host[:port]` of a program that stands for the service, and that somebody else started: LocalStack, moto and
 * the like. AWS itself charges for what it is sent, and is refused.
 * @param service as a title says it: `SQS`
 * @throws AckmarkError USAGE
 */
export function externalTarget(engine: string, service: string, url: string): Target {
  refuseLoginIn(url, engine);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' || parsed.hostname === '') {
    throw new AckmarkError('USAGE', `cannot use this URL as a target for ${service}`, {
      hint: 'Write http://host:port of a program that stands for it here; AWS itself is no target.',
    });
  }
  if (/(?:^|\.)amazonaws\.com(?:\.cn)?\.?$/.test(parsed.hostname)) {
    throw new AckmarkError('USAGE', `${parsed.hostname} charges for what it is sent`, {
      hint: 'Use a program that stands for it here: `ackmark list engines`.',
    });
  }
  return {
    kind: 'external',
    title: `what stands for ${service} at ${parsed.host}`,
    address: parsed.origin,
    nodes: 1,
    settings: {},
  };
}
