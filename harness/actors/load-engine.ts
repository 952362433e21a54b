import { checkEngineShape } from '../../engines/engine-shape.ts';
import type { Engine } from '../../engines/engine.ts';
import { AckmarkError, describeError } from '../core/errors.ts';

/**
 * The engine that the module at `url` exports by default.
 * @throws AckmarkError BAD_ENGINE naming the place, when it cannot be loaded or is not an engine.
 */
export async function loadEngine(url: string): Promise<Engine> {
  let module: unknown;
  try {
    module = await import(url);
  } catch (error) {
    throw new AckmarkError('BAD_ENGINE', `${url} cannot be loaded: ${describeError(error)}`, {
      hint: 'Give the path of a module that Node can import, with its file extension.',
      cause: error,
    });
  }
  return checkEngineShape(module, url);
}
