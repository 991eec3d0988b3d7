import type { Value } from '@brine/common';
import { either, flag, integer, optional, text, valueList, withDefault, type Argument } from '../../kit/index.ts';

const verification: Argument<boolean | Value[]> = withDefault<boolean | Value[]>(either(flag(), valueList()), false);

/** The arguments most `pkg` states share. */
export const packageArguments = {
  name: text().describe('The package, unless pkgs or sources are given.'),
  pkgs: optional(valueList()).describe('Packages, by name or as {name: version}.'),
  refresh: optional(flag()).describe('Whether the package lists are refreshed first; once a run unless given.'),
  fromrepo: optional(text()).describe('The repository or release to install from.'),
  skip_verify: withDefault(flag(), false).describe('Whether packages that are not signed may be installed.'),
  cache_valid_time: optional(integer()).describe('Seconds during which package lists need no refresh.'),
  install_recommends: optional(flag()).describe('Whether recommended packages are installed too.'),
  only_upgrade: withDefault(flag(), false).describe('Leaves out packages that are not installed.'),
  force_conf_new: withDefault(flag(), false).describe('Takes new configuration files over changed ones.'),
  update_holds: withDefault(flag(), false).describe('Whether held packages may be changed.'),
};

/** The arguments of `pkg.installed` beside {@link packageArguments}. */
export const installArguments = {
  version: optional(text()).describe('A version, a glob, or comparisons such as >=1.2,<2; or latest.'),
  sources: optional(valueList()).describe('Package files, as {name: URL or path}.'),
  hold: optional(flag()).describe('Whether the packages are held at their version.'),
  reinstall: withDefault(flag(), false).describe('Whether installed packages are installed again.'),
  allow_updates: withDefault(flag(), false).describe('Whether a newer version than the one named will do.'),
  skip_suggestions: withDefault(flag(), false).describe('Whether unknown names are left to the package manager.'),
  pkg_verify: verification.describe(
    'Whether packages with altered files are installed again, on dnf, yum and zypper; or a list with ignore_types and verify_options.',
  ),
  debconf: optional(text()).describe('File of debconf answers that are set before.'),
  normalize: withDefault(flag(), true).describe('Accepted for compatibility; names are taken as they are.'),
  ignore_epoch: optional(flag()).describe('Whether versions are compared without their epoch.'),
  resolve_capabilities: withDefault(flag(), false).describe('Accepted for compatibility; provided names always count.'),
};
