import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Occasion } from '../../fidelity.ts';
import { clientSettings } from '../service-client.ts';

/** Longer than any poll of a probe. */
const answerTimeoutMs = 15_000;

/**
 * What a probe's clients are made of: one attempt a call, so that each answer is the target's own. `asking` is for what
 * a clause asks, which ends with the clause; `removing` is for what the probe made, and has to go afterwards as well.
 */
export function probeClients({ target, signal }: Occasion) {
  const removing = clientSettings(target, { attempts: 1, answerTimeoutMs });
  const { requestHandler } = removing;
  return { removing, asking: { ...removing, requestHandler: endedBy(signal, requestHandler) } };
}

/** The same handler, whose calls end when the signal is aborted. */
function endedBy(abortSignal: AbortSignal, handler: NodeHttpHandler) {
  const handle: NodeHttpHandler['handle'] = (request, options) =>
    handler.handle(request, { ...options, abortSignal });
  return {
    metadata: handler.metadata,
    handle,
    updateHttpClientConfig: handler.updateHttpClientConfig.bind(handler),
    httpHandlerConfigs: () => handler.httpHandlerConfigs(),
    destroy: () => handler.destroy(),
  };
}
