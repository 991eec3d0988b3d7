import { expect, it } from 'vitest';
import { refuseHash } from './hash-refusal.ts';

const md5 = 'b1946ac92492d2347c6235b4d2611184';

it.each([
  ['bad', /^Source hash bad format is invalid\. The supported formats are: .* md5 \(32\), sha1 \(40\), .*\.$/],
  [
    `sha1=${md5}`,
    `Invalid length (32) for hash type 'sha1'. Either remove the hash type and simply use '${md5}' as the source_hash, or change the hash type to 'md5'`,
  ],
  [`crc=${md5}`, /^Invalid hash type 'crc'\. Supported hash types are: sha512, .*, md5\. /],
  ['md5=12', /^Source hash md5=12 format is invalid\./],
])('says what is wrong with the hash %s', (given, why) => {
  expect(refuseHash(given)).toMatch(why);
});
