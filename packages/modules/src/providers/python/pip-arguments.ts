import { isDict, pythonStr, type Value } from '@brine/common';
import {
  commaList,
  flag,
  lineText,
  optional,
  text,
  textList,
  unsupported,
  valueList,
  withDefault,
} from '../../kit/index.ts';

const givenUp = 'Only for a pip that still has it';

/** The arguments of Salt's `pip.install` that become options of `pip install`, as far as `user`, in Salt's order. */
export const pipOptionArguments = {
  use_wheel: withDefault(flag(), false).describe('Accepted for compatibility: pip always takes wheels.'),
  no_use_wheel: withDefault(flag(), false).describe(
    'Accepted for compatibility: pip gave it up; no_binary says the same.',
  ),
  log: optional(lineText()).describe('File that pip writes a full record to.'),
  proxy: optional(text()).describe('Proxy, as user:password@host:port; false for none.'),
  timeout: optional(text()).describe('Seconds after which a connection has failed.'),
  editable: optional(commaList()).describe('Checkouts that are installed in place, as paths or URLs.'),
  find_links: optional(commaList()).describe('Pages or directories to look for packages in.'),
  index_url: optional(lineText()).describe('URL of the package index.'),
  extra_index_url: optional(textList()).describe('URLs of further package indexes.'),
  no_index: withDefault(flag(), false).describe('Whether the index is left out.'),
  mirrors: unsupported('mirrors, which pip gave up; use index_url and extra_index_url'),
  build: optional(lineText()).describe(`Directory that packages are built in. ${givenUp} (before 21.3).`),
  target: optional(lineText()).describe('Directory to install to.'),
  download: optional(lineText()).describe(`Directory to download to in place of installing. ${givenUp} (before 10).`),
  download_cache: optional(lineText()).describe('Another name of cache_dir.'),
  source: optional(lineText()).describe('Directory that checkouts of editable are put in.'),
  upgrade: withDefault(flag(), false).describe('Whether packages are kept at the newest version that fits.'),
  force_reinstall: withDefault(flag(), false).describe('Whether packages are installed again each time.'),
  ignore_installed: withDefault(flag(), false).describe('Whether installed packages are overwritten each time.'),
  exists_action: optional(lineText()).describe('What happens to a path that exists: s, i, w or b.'),
  no_deps: withDefault(flag(), false).describe('Leaves out what the packages depend on.'),
  no_install: withDefault(flag(), false).describe(`Downloads and unpacks only. ${givenUp} (before 7).`),
  no_download: withDefault(flag(), false).describe(`Installs what was downloaded. ${givenUp} (before 7).`),
  global_options: optional(commaList()).describe('Options of the setup program before its command.'),
  install_options: optional(commaList()).describe(`Options of the setup program's install. ${givenUp} (before 23.1).`),
};

/** The rest of them, which follow `cwd`. */
export const furtherPipOptionArguments = {
  pre_releases: withDefault(flag(), false).describe('Whether versions before a release count.'),
  cert: optional(lineText()).describe('File of certificates that are trusted.'),
  allow_all_external: withDefault(flag(), false).describe(
    `Takes files from outside the index. ${givenUp} (before 10).`,
  ),
  allow_external: optional(commaList()).describe(`Packages taken from outside the index. ${givenUp} (before 10).`),
  allow_unverified: optional(commaList()).describe(`Packages taken without a checksum. ${givenUp} (before 10).`),
  process_dependency_links: withDefault(flag(), false).describe(`Follows links of packages. ${givenUp} (before 19).`),
  trusted_host: optional(textList()).describe('Hosts that need no valid certificate.'),
  no_cache_dir: withDefault(flag(), false).describe('Whether the cache is left out.'),
  extra_args: optional(valueList()).describe('Further options, as texts or as {option: value}.'),
  cache_dir: optional(lineText()).describe('Directory of the cache.'),
  no_binary: optional(textList()).describe('Packages that are built from source.'),
  disable_version_check: withDefault(flag(), false).describe('Whether pip looks for no newer pip.'),
};

const valued = {
  log: '--log',
  proxy: '--proxy',
  timeout: '--timeout',
  find_links: '--find-links',
  index_url: '--index-url',
  extra_index_url: '--extra-index-url',
  build: '--build',
  target: '--target',
  download: '--download',
  download_cache: '--cache-dir',
  source: '--src',
  exists_action: '--exists-action',
  global_options: '--global-option',
  install_options: '--install-option',
  cert: '--cert',
  allow_external: '--allow-external',
  allow_unverified: '--allow-unverified',
  trusted_host: '--trusted-host',
  cache_dir: '--cache-dir',
  no_binary: '--no-binary',
} as const;
const flags = {
  no_index: '--no-index',
  upgrade: '--upgrade',
  force_reinstall: '--force-reinstall',
  ignore_installed: '--ignore-installed',
  no_deps: '--no-deps',
  no_install: '--no-install',
  no_download: '--no-download',
  pre_releases: '--pre',
  allow_all_external: '--allow-all-external',
  process_dependency_links: '--process-dependency-links',
  no_cache_dir: '--no-cache-dir',
  disable_version_check: '--disable-pip-version-check',
} as const;

/** What of {@link pipOptionArguments} and {@link furtherPipOptionArguments} becomes options; `editable` does not. */
export type PipOptions = {
  readonly [Key in keyof typeof valued]?: string | readonly string[] | undefined;
} & { readonly [Key in keyof typeof flags]?: boolean } & { readonly extra_args?: readonly Value[] | undefined };

/** The options of `pip install` that are asked for. */
export function toPipOptions(options: PipOptions): readonly string[] {
  const words = Object.entries(valued).flatMap(([key, option]) =>
    listOf(options[key as keyof typeof valued])
      // `proxy: false` is how Salt says that there is none.
      .filter((one) => key !== 'proxy' || (one !== 'False' && one !== ''))
      .map((one) => `${option}=${one}`),
  );
  const switches = Object.entries(flags).flatMap(([key, option]) =>
    options[key as keyof typeof flags] === true ? [option] : [],
  );
  const extra = (options.extra_args ?? []).flatMap((item) =>
    isDict(item) ? [...item].flatMap((pair) => pair.map((part) => pythonStr(part))) : [pythonStr(item)],
  );
  return [...words, ...switches, ...extra];
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** The options that say where packages come from, which looks at an index need too. */
export function toIndexOptions({
  index_url,
  extra_index_url,
  trusted_host,
  cert,
  proxy,
  pre_releases,
}: PipOptions): readonly string[] {
  return toPipOptions({ index_url, extra_index_url, trusted_host, cert, proxy, pre_releases: pre_releases === true });
}

const address = /^(https?|ftp|file):\/\//;

/** What is wrong with the options that are asked for, before pip is bothered; `undefined` when nothing is. */
export function faultOfPipOptions(options: PipOptions & { readonly editable?: readonly string[] | undefined }) {
  const { timeout, exists_action: action, no_index: hasNoIndex, editable = [] } = options;
  const indexes = [...listOf(options.index_url), ...listOf(options.extra_index_url)];
  const bad = indexes.find((url) => !address.test(url));
  const nameless = editable.find((one) => !isNamed(one));
  const broken = Object.keys(valued)
    .flatMap((key) => listOf(options[key as keyof typeof valued]))
    .find((value) => /[\n\r\0]/.test(value));
  if (broken !== undefined) return 'The options of pip are texts on one line.';
  if (typeof timeout === 'string' && !/^\d+$/.test(timeout))
    return `'${timeout}' is not a valid timeout, must be an integer`;
  if (hasNoIndex === true && indexes.length > 0)
    return "'no_index' and ('index_url' or 'extra_index_url') are mutually exclusive.";
  if (bad !== undefined) return `'${bad}' is not a valid URL`;
  if (typeof action === 'string' && !/^[siwb]$/i.test(action))
    return `The exists_action pip option only supports the values s, i, w, and b. '${action}' is not valid.`;
  return nameless === undefined ? undefined : `You must specify an egg for this editable: ${nameless}`;
}

// pip has to be told the name of a checkout that it has yet to fetch.
function isNamed(editable: string): boolean {
  const isLocal = editable === '.' || editable.startsWith('/') || editable.startsWith('file://');
  return isLocal || /#(?:.*&)?egg=[^&]/.test(editable);
}
