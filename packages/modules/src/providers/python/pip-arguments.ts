import { isDict, pythonStr, type Value } from '@brine/common';
import { flag, lineText, number, optional, textList, valueList, withDefault } from '../../kit/index.ts';

/** The arguments of `pip.installed` that become options of `pip install`. */
export const pipOptionArguments = {
  proxy: optional(lineText()).describe('Proxy, as user:password@host:port.'),
  timeout: optional(number()).describe('Seconds after which a connection has failed.'),
  find_links: optional(textList()).describe('Pages or directories to look for packages in.'),
  index_url: optional(lineText()).describe('URL of the package index.'),
  extra_index_url: optional(textList()).describe('URLs of further package indexes.'),
  no_index: withDefault(flag(), false).describe('Whether the index is left out.'),
  target: optional(lineText()).describe('Directory to install to.'),
  upgrade: withDefault(flag(), false).describe('Whether packages are kept at the newest version that fits.'),
  force_reinstall: withDefault(flag(), false).describe('Whether packages are installed again each time.'),
  ignore_installed: withDefault(flag(), false).describe('Whether installed packages are overwritten each time.'),
  exists_action: optional(lineText()).describe('What happens to a path that exists: s, i, w, b or a.'),
  no_deps: withDefault(flag(), false).describe('Leaves out what the packages depend on.'),
  global_options: optional(textList()).describe('Options of the setup program before its command.'),
  pre_releases: withDefault(flag(), false).describe('Whether versions before a release count.'),
  cert: optional(lineText()).describe('File of certificates that are trusted.'),
  trusted_host: optional(textList()).describe('Hosts that need no valid certificate.'),
  no_cache_dir: withDefault(flag(), false).describe('Whether the cache is left out.'),
  cache_dir: optional(lineText()).describe('Directory of the cache.'),
  no_binary: optional(textList()).describe('Packages that are built from source.'),
  extra_args: optional(valueList()).describe('Further options, as texts or as {option: value}.'),
};

/** What of {@link pipOptionArguments} a state may give. */
export interface PipOptions {
  readonly proxy?: string | undefined;
  readonly timeout?: number | undefined;
  readonly find_links?: readonly string[] | undefined;
  readonly index_url?: string | undefined;
  readonly extra_index_url?: readonly string[] | undefined;
  readonly no_index?: boolean;
  readonly target?: string | undefined;
  readonly upgrade?: boolean;
  readonly force_reinstall?: boolean;
  readonly ignore_installed?: boolean;
  readonly exists_action?: string | undefined;
  readonly no_deps?: boolean;
  readonly global_options?: readonly string[] | undefined;
  readonly pre_releases?: boolean;
  readonly cert?: string | undefined;
  readonly trusted_host?: readonly string[] | undefined;
  readonly no_cache_dir?: boolean;
  readonly cache_dir?: string | undefined;
  readonly no_binary?: readonly string[] | undefined;
  readonly extra_args?: Value[] | undefined;
}

const valued = {
  proxy: '--proxy',
  timeout: '--timeout',
  find_links: '--find-links',
  index_url: '--index-url',
  extra_index_url: '--extra-index-url',
  target: '--target',
  exists_action: '--exists-action',
  global_options: '--global-option',
  cert: '--cert',
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
  pre_releases: '--pre',
  no_cache_dir: '--no-cache-dir',
} as const;

/** The options of `pip install` that a state asks for. */
export function toPipOptions(options: PipOptions): readonly string[] {
  const words = Object.entries(valued).flatMap(([key, option]) => {
    const value = options[key as keyof typeof valued];
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
    return values.map((one) => `${option}=${String(one)}`);
  });
  const switches = Object.entries(flags).flatMap(([key, option]) =>
    options[key as keyof typeof flags] === true ? [option] : [],
  );
  const extra = (options.extra_args ?? []).flatMap((item) =>
    isDict(item) ? [...item].flatMap((pair) => pair.map((part) => pythonStr(part))) : [pythonStr(item)],
  );
  return [...words, ...switches, ...extra];
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
