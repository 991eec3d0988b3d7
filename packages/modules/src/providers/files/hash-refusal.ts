/** How many digits the digests of each kind have that `source_hash` may name. */
export const digestLengths: ReadonlyMap<string, number> = new Map([
  ['sha512', 128],
  ['sha384', 96],
  ['sha256', 64],
  ['sha224', 56],
  ['sha1', 40],
  ['md5', 32],
]);

/** Where lists of hashes may come from. */
export const hashProtocols = ['salt', 'file', 'http', 'https', 'ftp', 'swift', 's3'] as const;

/** The kind of digest that has so many digits. */
export function kindOfDigest(length: number): string | undefined {
  return [...digestLengths].find(([, each]) => each === length)?.[0];
}

/** Why a text is neither a digest nor `KIND=DIGEST`, in Salt's words. */
export function refuseHash(given: string): string {
  const at = given.indexOf('=');
  if (at === -1) return refuseHashFormat(given);
  const [kind, digest] = [given.slice(0, at).trim(), given.slice(at + 1).trim()];
  if (!digestLengths.has(kind))
    return `Invalid hash type '${kind}'. Supported hash types are: ${[...digestLengths.keys()].join(', ')}. Either remove the hash type and simply use '${digest}' as the source_hash, or change the hash type to a supported type.`;
  const real = kindOfDigest(digest.length);
  return real === undefined || real === kind
    ? refuseHashFormat(given)
    : `Invalid length (${digest.length}) for hash type '${kind}'. Either remove the hash type and simply use '${digest}' as the source_hash, or change the hash type to '${real}'`;
}

/** What `source_hash` may be, for one that is nothing of it. */
export function refuseHashFormat(given: string): string {
  const kinds = [...digestLengths].toSorted(([, a], [, b]) => a - b).map(([kind, length]) => `${kind} (${length})`);
  return `Source hash ${given} format is invalid. The supported formats are: 1) a hash, 2) an expression in the format <hash_type>=<hash>, or 3) either a path to a local file containing hashes, or a URI of a remote hash file. Supported protocols for remote hash files are: ${hashProtocols.join(', ')}. The hash may also not be of a valid length, the following are supported hash types and lengths: ${kinds.join(', ')}.`;
}
