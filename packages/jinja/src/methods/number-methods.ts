import type { Float } from '@brine/common';
import { routine, type Routine } from '../runtime/routine.ts';
import { toTextArgument } from '../runtime/argument-values.ts';
import { fault } from '../template-fault.ts';
import { toNumber } from '../values/numbers.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';

type Int = number | bigint | boolean;

export const intMethods: readonly Routine<Int>[] = [
  routine<Int>('bit_length', '', (value) => {
    const magnitude = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
    return magnitude === 0n ? 0 : magnitude.toString(2).length;
  }),
];

export const floatMethods: readonly Routine<number | Float>[] = [
  routine<number | Float>('is_integer', '', (value) => Number.isInteger(toNumber(value))),
];

const decoders: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  ascii: 'utf-8',
  usascii: 'utf-8',
  latin1: 'latin1',
};

/** The text of bytes in one of Python's encodings. */
function decode(bytes: Uint8Array, encoding: string): string {
  const decoder = decoders[encoding.toLowerCase().replaceAll(/[-_]/g, '')];
  if (decoder === undefined) throw fault(`unknown encoding: ${encoding}`);
  if (decoder === 'latin1') return Buffer.from(bytes).toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fault(`'${encoding}' codec can't decode the bytes`);
  }
}

export const bytesMethods: readonly Routine<Uint8Array>[] = [
  routine<Uint8Array>('decode', 'encoding? errors?', (bytes, [encoding]): RuntimeValue =>
    decode(bytes, toTextArgument(encoding, 'utf-8')),
  ),
  routine<Uint8Array>('hex', '', (bytes) => Buffer.from(bytes).toString('hex')),
];
