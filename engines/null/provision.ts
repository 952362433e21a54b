import type { Target } from '../engine.ts';
import type { Provisioner } from '../provisioner.ts';

const target: Target = {
  kind: 'embedded',
  title: 'null engine (no system at all)',
  address: 'nowhere',
  nodes: 0,
  settings: {},
};

/** There is nothing to start and nothing to stop. */
export const provisioner: Provisioner = {
  fetch: async () => undefined,
  up: async (_host, request) => ({
    target,
    proxied: target,
    upstreams: request.proxies,
    nodes: [],
    down: async () => undefined,
  }),
};
