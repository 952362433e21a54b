import type { Refusal, Status } from '../protocol/protocol.ts';

export interface Refused {
  readonly status: Refusal;
  readonly reason: string;
}

type Ok<T> = { readonly status: typeof Status.ok } & T;

export type Done = Ok<object> | Refused;
export type Declared = Ok<{ readonly id: number }> | Refused;
export type Subscribed = Ok<{ readonly consumer: number }> | Refused;
/** One status for each tag: `ok` or `unknownTag`. */
export type Settled = Ok<{ readonly each: readonly Status[] }> | Refused;

/** The rest of the batch is confirmed. Messages are named by their index in it. */
export type Published =
  | Ok<{
      /** Asked for `mandatory` and wanted by no queue: confirmed, and nowhere. */
      readonly returned: readonly number[];
      /** A queue that should have got it is full: stored nowhere. */
      readonly refused: readonly number[];
    }>
  | Refused;
