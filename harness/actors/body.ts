import { headerBytes } from '../core/message-header.ts';
import { randomFrom } from '../core/random.ts';
import { invariant } from '../core/errors.ts';

/**
 * The bytes after the header, the same for every message of a cell: incompressible, so that a codec on
 * the way does not make one engine look faster, and known to both ends from the run's number alone.
 */
export function bodyTemplate(run: number, payloadBytes: number): Buffer {
  invariant(
    payloadBytes >= headerBytes,
    `a payload holds at least the header: ${headerBytes} bytes`,
  );
  const random = randomFrom(run).fork('body');
  const template = Buffer.alloc(payloadBytes - headerBytes);
  for (let i = 0; i < template.length; i += 1) template[i] = random.uint32() & 0xff;
  return template;
}
