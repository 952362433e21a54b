import { type Chance, chanceFrom } from './chance.ts';
import type { AwsService } from './service.ts';
import {
  answered,
  documentIn,
  errorAnswer,
  type Forward,
  goodAnswer,
  isGood,
  listIn,
  type Manner,
  type Parameters,
  type Reaction,
  type ServiceAnswer,
  type ServiceCall,
  textIn,
  withDocument,
} from './service-call.ts';

type Stumbling = Extract<AwsService, { readonly does: 'stumble' }>;

/** What may fail: calls about messages, and none that a cell is set up or watched with. */
const aboutMessages =
  /^(?:SendMessage|DeleteMessage|ChangeMessageVisibility)(?:Batch)?$|^ReceiveMessage$/;

/** `Failed` entries of a batch (API reference, BatchResultErrorEntry). */
const refused = { SenderFault: true, Code: 'InvalidParameterValue' } as const;
const failed = { SenderFault: false, Code: 'InternalError' } as const;
type Failure = typeof refused | typeof failed;

/**
 * A service that fails as its API reference says it can: whole calls, entries of batches, and answers that are lost on
 * their way. What it refuses it has not done, of all else nobody is told.
 */
export class StumblingService implements Manner {
  readonly #how: Stumbling;
  readonly #happens: Chance;

  constructor(how: Stumbling) {
    this.#how = how;
    this.#happens = chanceFrom(how.seed);
  }

  async react(call: ServiceCall, forward: Forward): Promise<Reaction> {
    if (!aboutMessages.test(call.operation)) return answered(await forward());
    const { throttledPermille, brokenPermille, lostPermille } = this.#how;
    if (this.#happens(throttledPermille)) {
      return answered(errorAnswer(call, 400, 'RequestThrottled'));
    }
    const answer = await this.#batch(call, forward);
    if (this.#happens(brokenPermille)) {
      return answered(errorAnswer(call, 500, 'InternalFailure'));
    }
    return this.#happens(lostPermille) ? { is: 'lost' } : answered(answer);
  }

  async #batch(call: ServiceCall, forward: Forward): Promise<ServiceAnswer> {
    const entries = listIn(call.parameters, 'Entries');
    const failures = new Map<string, Failure>();
    for (const entry of entries) {
      const failure = this.#failure();
      if (failure !== undefined) failures.set(textIn(entry, 'Id'), failure);
    }
    if (failures.size === 0) return forward();
    const Entries = entries.filter((entry) => failures.get(textIn(entry, 'Id')) !== refused);
    // A batch without entries would be refused as a whole.
    const answer =
      Entries.length === 0
        ? goodAnswer(call, { Successful: [] })
        : await forward({ ...call.parameters, Entries });
    return isGood(answer) ? withFailures(answer, failures) : answer;
  }

  #failure(): Failure | undefined {
    const { refusedPermille, failedPermille } = this.#how;
    if (this.#happens(refusedPermille)) return refused;
    return this.#happens(failedPermille) ? failed : undefined;
  }
}

/** What the service said of the others stands. */
function withFailures(
  answer: ServiceAnswer,
  failures: ReadonlyMap<string, Failure>,
): ServiceAnswer {
  const document = documentIn(answer.body);
  const others = (name: string): readonly Parameters[] =>
    listIn(document, name).filter((entry) => !failures.has(textIn(entry, 'Id')));
  const own = [...failures].map(([Id, failure]) => ({ Id, ...failure, Message: failure.Code }));
  return withDocument(answer, {
    ...document,
    Successful: others('Successful'),
    Failed: [...others('Failed'), ...own],
  });
}
