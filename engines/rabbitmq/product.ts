import { isVersion } from '../../harness/core/version-order.ts';

/** Which server it is, by its own word. Others than RabbitMQ speak its protocol, and none of its documents is theirs. */
export interface Product {
  /** `RabbitMQ 4.0.5`, `LavinMQ 2.4.0`; printable. */
  readonly title: string;
  /** Of RabbitMQ, where it says one that documents can be told by: `4.0.5`. */
  readonly version: string | undefined;
}

/** Of what a server sends with its greeting, where each field may be missing or of any type (AMQP 0-9-1, `connection.start`). */
export function productOf({
  product,
  version,
}: {
  readonly product?: unknown;
  readonly version?: unknown;
}): Product {
  const name = textOf(product) ?? 'AMQP server without a name';
  const told = textOf(version);
  return {
    title: printable(`${name} ${told ?? 'of unknown version'}`),
    version:
      name === 'RabbitMQ' && told !== undefined && isVersion(told) ? printable(told) : undefined,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

const printable = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, 80);
