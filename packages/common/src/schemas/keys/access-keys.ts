import { flag, flagOrMapping, mapping, optionalText, path, seconds } from '../config-types.ts';

/** Keys about who may do what on the master, and how that is proven. */
export const accessKeys = {
  publisher_acl: mapping(
    'What local users other than the owner may run: user names (wildcards and regular expressions are allowed) with lists of functions.',
  ),
  publisher_acl_blacklist: mapping(
    'Who may run nothing (`users`) and what nobody may run (`modules`), whatever else allows it.',
  ),
  client_acl_verify: flag(
    true,
    'Whether wildcards and regular expressions in `publisher_acl` stand for the users that the system knows.',
  ),
  sudo_acl: flag(false, 'Whether `publisher_acl` holds too for users who became root with sudo.'),
  external_auth: mapping(
    'Who may log in by which method (`file`, `ldap`, `pam`, `sharedsecret`) and what each user or group (`name%`) may run.',
  ),
  permissive_acl: flag(false, 'Whether the entries of `*` hold too for users who have entries of their own.'),
  peer: mapping(
    'What minions may have other minions run (`publish.publish`): regular expressions on ids with lists of functions.',
  ),
  peer_run: mapping(
    'Which runners minions may run (`publish.runner`): regular expressions on ids with lists of runners.',
  ),
  token_expire: seconds(43_200, 'Seconds after which a login ends.'),
  token_expire_user_override: flagOrMapping(
    false,
    'Whether a login may ask for another time with `token_expire`; a mapping of login methods to lists of users allows it to these.',
  ),
  keep_acl_in_token: flag(
    false,
    'Whether a login keeps the permissions it began with, instead of those of the configuration.',
  ),
  token_file: optionalText('Where a login made with `--make-token` is kept; `~/.salt_token` if unset.'),
  sharedsecret: optionalText('The password of every user of the login method `sharedsecret`.'),
  audit_log: path('/var/log/salt/audit', 'The file in which every decision on access is written, a line each.'),
};
