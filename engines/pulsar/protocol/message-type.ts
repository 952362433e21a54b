import { ProtobufReader, WireType } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { ProtocolError } from './protocol-error.ts';

/** How one value stands in a message. */
interface Scalar<T> {
  readonly wireType: number;
  write(out: ProtobufWriter, value: T): void;
  read(from: ProtobufReader): T;
}

/** One field of a message; `T` is what the message has under its name, `R` whether who writes it must give it. */
export interface Field<T, R extends boolean> {
  readonly number: number;
  readonly isRequired: R;
  /** What a message has that does not mention the field. */
  readonly absent: T | undefined;
  write(out: ProtobufWriter, value: T): void;
  /** @param before what the message has so far */
  read(from: ProtobufReader, wireType: number, before: T | undefined): T;
}

type Fields = Readonly<Record<string, Field<unknown, boolean>>>;

type Value<F> = F extends Field<infer T, boolean> ? T : never;
type RequiredIn<F> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F];

/** What is read: every field, those that were not mentioned with what stands for it. */
export type Read<F> = { readonly [K in keyof F]: Value<F[K]> };
/** What is written: the others may be left out. */
export type Written<F> = { readonly [K in RequiredIn<F>]: Value<F[K]> } & {
  readonly [K in Exclude<keyof F, RequiredIn<F>>]?: Value<F[K]>;
};

export interface MessageType<F> {
  encode(message: Written<F>): Buffer;
  /** @throws ProtocolError */
  decode(bytes: Buffer): Read<F>;
}
export type ReadOf<M> = M extends MessageType<infer F> ? Read<F> : never;
export type WrittenOf<M> = M extends MessageType<infer F> ? Written<F> : never;

/** Of every integer type, and enums: a safe integer, signed. */
export const integer: Scalar<number> = {
  wireType: WireType.varint,
  write: (out, value) => out.varint(value),
  read: (from) => from.varint(),
};

export const bool: Scalar<boolean> = {
  wireType: WireType.varint,
  write: (out, value) => out.varint(value ? 1 : 0),
  read: (from) => from.varint() !== 0,
};

export const string: Scalar<string> = {
  wireType: WireType.bytes,
  write: (out, value) => out.string(value),
  read: (from) => from.string(),
};

export function nested<F>(type: MessageType<F>): Scalar<Read<F>> {
  return {
    wireType: WireType.bytes,
    write: (out, value) => out.bytes(type.encode(value)),
    read: (from) => type.decode(from.bytes()),
  };
}

export function required<T>(number: number, scalar: Scalar<T>): Field<T, true> {
  return single<T, true>(number, scalar, true, undefined);
}

export function optional<T>(number: number, scalar: Scalar<T>): Field<T | undefined, false> {
  return single<T | undefined, false>(number, scalar, false, undefined);
}

/** An optional field with the default that the specification names. */
export function defaulted<T>(number: number, scalar: Scalar<T>, absent: T): Field<T, false> {
  return single<T, false>(number, scalar, false, absent);
}

export function repeated<T>(number: number, scalar: Scalar<T>): Field<readonly T[], false> {
  return {
    number,
    isRequired: false,
    absent: [],
    write: (out, values) => {
      for (const value of values) {
        out.tag(number, scalar.wireType);
        scalar.write(out, value);
      }
    },
    read: (from, wireType, before) => [...(before ?? []), readScalar(from, wireType, scalar)],
  };
}

export function messageType<F extends Fields>(name: string, fields: F): MessageType<F> {
  const all = Object.entries(fields);
  const byNumber = new Map(all.map(([key, field]) => [field.number, { key, field }]));
  return {
    encode: (message) => {
      const out = new ProtobufWriter();
      const values = message as Readonly<Record<string, unknown>>;
      for (const [key, field] of all) {
        const value = values[key];
        if (value !== undefined) field.write(out, value);
      }
      return out.finish();
    },
    decode: (bytes) => {
      const from = new ProtobufReader(bytes);
      const values: Record<string, unknown> = {};
      for (const [key, { absent }] of all) values[key] = absent;
      while (!from.isAtEnd) {
        const tag = from.varint();
        const known = byNumber.get(Math.floor(tag / 8));
        if (known === undefined) from.skip(tag % 8);
        else values[known.key] = known.field.read(from, tag % 8, values[known.key]);
      }
      for (const [key, { isRequired }] of all) {
        if (isRequired && values[key] === undefined) {
          throw new ProtocolError(`a ${name} without ${key}`);
        }
      }
      return values as Read<F>;
    },
  };
}

function single<T, R extends boolean>(
  number: number,
  scalar: Scalar<T>,
  isRequired: R,
  absent: T | undefined,
): Field<T, R> {
  return {
    number,
    isRequired,
    absent,
    write: (out, value) => {
      out.tag(number, scalar.wireType);
      scalar.write(out, value);
    },
    read: (from, wireType) => readScalar(from, wireType, scalar),
  };
}

function readScalar<T>(from: ProtobufReader, wireType: number, scalar: Scalar<T>): T {
  if (wireType !== scalar.wireType) throw new ProtocolError('a field of another type');
  return scalar.read(from);
}
