import type { Endpoint } from './provisioner.ts';

/** `host`, `host:port` or `[address]:port` as somebody typed it, with the port that is meant; undefined when it is none of these. */
export function writtenEndpoint(text: string, defaultPort: number): string | undefined {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? defaultPort);
  if (match === null || port < 1 || port > 65_535) return undefined;
  return `${match[1] ?? ''}:${port}`;
}

/** Of `host:port` or `[address]:port`, which always has a port. */
export function endpointOf(written: string): Endpoint {
  const colon = written.lastIndexOf(':');
  return {
    host: written.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(written.slice(colon + 1)),
  };
}
