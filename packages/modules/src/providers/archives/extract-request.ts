import { posix } from 'node:path';
import type { Value } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { isInTheWay } from '../files/paths.ts';
import { formatOf, type Archive } from './archive-tools.ts';

/** `archive.extracted` as an SLS file describes it. */
export interface ExtractRequest {
  /** Without a slash at its end. */
  readonly name: string;
  readonly source: Value;
  readonly source_hash: string | undefined;
  readonly source_hash_name: string | undefined;
  readonly source_hash_update: boolean;
  readonly skip_files_list_verify: boolean;
  readonly skip_verify: boolean;
  readonly use_etag: boolean;
  readonly keep_source: boolean;
  readonly archive_format: string | undefined;
  readonly options: string | undefined;
  readonly list_options: string | undefined;
  readonly password: string | undefined;
  readonly use_cmd_unzip: boolean | undefined;
  readonly extract_perms: boolean;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly if_missing: string | undefined;
  readonly overwrite: boolean;
  readonly force: boolean;
  readonly clean: boolean;
  readonly clean_parent: boolean;
  readonly trim_output: number | undefined;
  readonly enforce_toplevel: boolean;
  readonly enforce_ownership_on: string | undefined;
}

/** What is wrong with a request, whatever the archive. */
export async function refuseRequest(request: ExtractRequest, host: ReadHost): Promise<string | undefined> {
  const { name } = request;
  if (request.skip_files_list_verify && request.skip_verify)
    return 'Only one of "skip_files_list_verify" and "skip_verify" can be set to True';
  if (!name.startsWith('/')) return `${name} is not an absolute path`;
  if (await isInTheWay(host, name.replace(/(.)\/+$/, '$1'))) return `${name} exists and is not a directory`;
  if (request.clean && request.clean_parent) return "Only one of 'clean' and 'clean_parent' can be set to True";
  return refusePaths(request);
}

function refusePaths({ name, if_missing: ifMissing, enforce_ownership_on: owned }: ExtractRequest): string | undefined {
  if (ifMissing?.startsWith('/') === false) return "Value for 'if_missing' is not an absolute path";
  if (owned?.startsWith('/') === false) return "Value for 'enforce_ownership_on' is not an absolute path";
  if (owned !== undefined && posix.relative(name, owned).startsWith('..'))
    return `Value for 'enforce_ownership_on' must be within ${name}/`;
  return undefined;
}

const formats = ['tar', 'rar', 'zip'];

/** The kind of the archive; a text says why it cannot be unpacked. */
export function chooseFormat(
  request: ExtractRequest,
  url: string,
): { readonly format: Archive['format'] } | { readonly refusal: string } {
  const format = request.archive_format?.toLowerCase() ?? formatOf(url);
  if (format === undefined)
    return {
      refusal: `Could not guess archive_format from the value of the 'source' argument. Please set this archive_format to one of the following: ${formats.join(', ')}`,
    };
  if (!formats.includes(format))
    return {
      refusal: `Invalid archive_format '${format}'. Either set it to a supported value (${formats.join(', ')}) or remove this argument and the archive format will be guessed based on file extension.`,
    };
  if (format === 'zip') {
    if (request.options !== undefined && request.use_cmd_unzip === false)
      return {
        refusal:
          "'use_cmd_unzip' cannot be set to False if CLI options are being specified (via the 'options' argument). Either remove 'use_cmd_unzip', or set it to True.",
      };
    return { format };
  }
  if (request.password !== undefined) return { refusal: "The 'password' argument is only supported for zip archives" };
  if (format === 'tar') return { format };
  if (request.options !== undefined)
    return { refusal: "The 'options' argument is only compatible with the following archive formats: tar, zip" };
  return { format: 'rar' };
}
