import { flag, lineText, optional, withDefault, secret } from '../../kit/index.ts';

/** The arguments of `pdbedit.managed` and `pdbedit.modify` beside the name of the account. */
export const sambaAccountArguments = {
  password: secret(optional(lineText())).describe('The password; with one, an account that is not there is made.'),
  password_hashed: withDefault(flag(), false).describe('Whether password is an NT hash.'),
  domain: optional(lineText()).describe('Domain of the account.'),
  profile: optional(lineText()).describe('Path of its profile.'),
  script: optional(lineText()).describe('Script that runs at logon.'),
  drive: optional(lineText()).describe('Drive of its home directory, e.g. `X:`.'),
  homedir: optional(lineText()).describe('Its home directory, e.g. `\\\\server\\home`.'),
  fullname: optional(lineText()).describe('Full name.'),
  account_desc: optional(lineText()).describe('Description.'),
  account_control: optional(lineText()).describe(
    'Its flags out of N (needs no password), D (disabled), H (needs a home), L (locks itself), X (password never expires).',
  ),
  machine_sid: optional(lineText()).describe('Accepted for Salt, where it does nothing: Samba does not tell it.'),
  user_sid: optional(lineText()).describe('SID of the account, or the last number of it.'),
  reset_login_hours: withDefault(flag(), false).describe('Whether it may log in at all hours again.'),
  reset_bad_password_count: withDefault(flag(), false).describe('Whether failed logins are forgotten.'),
};
