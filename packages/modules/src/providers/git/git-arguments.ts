import { integer, lineText, optional, textList, flag, withDefault, secret } from '../../kit/index.ts';

/** How git is run, and what `git` states ask of a clone first made. */
export const loginArguments = {
  user: optional(lineText()).describe('Account git runs as.'),
  identity: optional(textList()).describe('Paths of private ssh keys.'),
  https_user: optional(lineText()).describe('User name for https.'),
  https_pass: secret(optional(lineText())).describe('Password for https.'),
  password: secret(optional(lineText())).describe('Accepted for compatibility, on Windows only.'),
  depth: optional(integer()).describe('How many commits a new clone has.'),
  output_encoding: optional(lineText()).describe('Accepted for compatibility; output is UTF-8.'),
};

/** The arguments that `git` states share. */
export const gitArguments = {
  ...loginArguments,
  submodules: withDefault(flag(), false).describe('Whether submodules are updated.'),
  force_clone: withDefault(flag(), false).describe('Whether what is in the way of a new clone is removed.'),
};
