import type { Dict, Value } from '@brine/common';
import { anyValue, nullableValue, optional, type Argument } from '../../kit/index.ts';
import { certificateExtensions } from './extensions.ts';
import { nameAttributes } from './names.ts';

const partDescriptions: Readonly<Record<string, string>> = {
  C: 'Country of the subject, two letters.',
  ST: 'State or province.',
  L: 'Locality.',
  STREET: 'Street.',
  O: 'Organisation.',
  OU: 'Unit of the organisation.',
  CN: 'Common name.',
  MAIL: 'Mail address.',
  SN: 'Surname.',
  GN: 'Given name.',
  UID: 'User id.',
  SERIALNUMBER: 'Serial number of the subject.',
};

/** The arguments by which certificates and requests are described: the subject and the extensions. */
export const subjectArguments: Readonly<Record<string, Argument<Value | undefined>>> = {
  subject: optional(anyValue()).describe(
    'The subject as CN=x,O=y, a list of its parts or a dict; else its parts alone.',
  ),
  ...Object.fromEntries(
    [...nameAttributes].flatMap(([name, { aliases }]) => [
      [name, optional(anyValue()).describe(partDescriptions[name] ?? name)] as const,
      ...aliases.map((alias) => [alias, optional(anyValue()).describe(`The same as ${name}.`)] as const),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(certificateExtensions).flatMap(([name, { aliases }]) => [
      [name, optional(nullableValue()).describe(`The extension ${name}, as OpenSSL writes it or as data.`)] as const,
      ...aliases.map((alias) => [alias, optional(nullableValue()).describe(`The same as ${name}.`)] as const),
    ]),
  ),
};

/** The arguments that were given, as a dict. */
export function toGiven(args: Readonly<Record<string, unknown>>): Dict {
  return new Map(Object.entries(args).filter(([, value]) => value !== undefined) as [string, Value][]);
}
