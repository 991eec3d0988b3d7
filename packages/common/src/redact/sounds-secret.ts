/** Words that are a secret wherever they stand in a name: `password_hash`, `SECRET_ID`, `passwords`. */
const anywhere = /^(?!no)\w*(password|passwd|passphrase|passcode|secret)s?\d*$/;

/** Words that are a secret at the end of a name: `join_token`, `PGPASS`, `X-Api-Key` as one word. */
const atTheEnd =
  /(^(pass|pwd|pw|psk|authorization|cookies?|credentials?|creds)|^(db|pg|ssh|root|user|admin|bind|my|mysql|http|https|smtp|ldap|imap|ftp)(pass|pwd|pw)|token|(api|access|private|secret|shared|encryption|account)key)\d*$/;

/** What stands before `key` where it is a secret: `private_key`, `aws.access_key`. */
const keyOf = /^(api|access|private|secret|shared|encryption|account)$/;

/** What a name ends with that tells of a secret and is none: `password_file`, `token_ttl`. */
const tellsOf =
  /^(file|filename|path|dir|directory|folder|url|uri|name|type|length|len|age|days|min|max|count|policy|ttl|expires?|expiration|expiry|lifetime|authentication|hashed|required|prompt|enabled|encryption|backend|engine|provider|store|command|cmd|column|lock)$/;

/**
 * Whether what stands under a name is taken for a secret: members of pillar, headers, variables of the environment, keys of a
 * configuration, which no schema declares. Case and separators are no matter: `db_password`, `dbPassword`, `X-Vault-Token`.
 */
export function soundsSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  // `password_2` is one as well.
  const named = words.filter((word, index) => index === 0 || !/^\d+$/.test(word));
  const last = named.at(-1) ?? '';
  if (tellsOf.test(last)) return false;
  if (named.some((word) => anywhere.test(word)) || atTheEnd.test(last)) return true;
  return /^keys?\d*$/.test(last) && keyOf.test(named.at(-2) ?? '');
}
