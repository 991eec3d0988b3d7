import { AppError, isAppError } from '@brine/common';
import { lineText, operand, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import type { Host, ReadHost } from '../../kit/host.ts';
import {
  canonicalRule,
  changeNft,
  hasTable,
  listChains,
  readChain,
  type NftFamily,
  type NftPlace,
} from '../../providers/firewall/nftables.ts';

/** What the functions of nftables answer. */
export type Told = { readonly comment: string; readonly result: boolean };

export const tableOrNone = optional(operand()).describe('The table.');
export const tableName = withDefault(operand(), 'filter').describe('The table.');
export const chainName = optional(operand()).describe('The chain.');
export const ruleText = optional(
  lineText().refine((value) => !value.includes(';'), 'must be one rule of nftables'),
).describe('The rule, as nft writes it.');

export function yes(comment: string): Told {
  return { comment, result: true };
}

export function no(comment: string): Told {
  return { comment, result: false };
}

/** A place in words. */
export function placeText({ family, table }: NftPlace): string {
  return `table ${table} in family ${family}`;
}

export async function checkTable(host: ReadHost, family: NftFamily, table: string | undefined): Promise<Told> {
  if (table === undefined) return no('Table needs to be specified');
  const isThere = await hasTable(host, { family, table });
  return { comment: `Table ${table} in family ${family} ${isThere ? 'exists' : 'does not exist'}`, result: isThere };
}

export async function checkChain(host: ReadHost, place: NftPlace, chain: string | undefined): Promise<Told> {
  if (chain === undefined) return no('Chain needs to be specified');
  const isThere = (await hasTable(host, place)) && (await listChains(host, place)).includes(chain);
  return { comment: `Chain ${chain} in ${placeText(place)} ${isThere ? 'exists' : 'does not exist'}`, result: isThere };
}

/** A rule of a chain with its handle; the words of what is missing instead. */
export async function findRule(
  host: ReadHost,
  place: NftPlace,
  { chain, rule }: { readonly chain: string | undefined; readonly rule: string | undefined },
): Promise<Told & { readonly handle?: string }> {
  if (chain === undefined) return no('Chain needs to be specified');
  if (rule === undefined) return no('Rule needs to be specified');
  const missing = await missingPlace(host, place, chain);
  if (missing !== undefined) return missing;
  const written = await canonicalRule(host, place, { chain, text: rule });
  const rules = (await readChain(host, place, chain))?.rules ?? [];
  const found = rules.find(({ text }) => text === rule || text === written);
  const where = `Rule ${rule} in chain ${chain} in ${placeText(place)}`;
  return found === undefined ? no(`${where} does not exist`) : { ...yes(`${where} exists`), handle: found.handle };
}

/** Why a chain cannot be worked on; `undefined` when it can. */
export async function missingPlace(host: ReadHost, place: NftPlace, chain?: string): Promise<Told | undefined> {
  const table = await checkTable(host, place.family, place.table);
  if (!table.result) return table;
  if (chain === undefined) return undefined;
  const found = await checkChain(host, place, chain);
  return found.result ? undefined : found;
}

/** Has nft do something; answers one of two texts. */
export async function tryNft(
  { host, log }: Pick<FunctionContext, 'log'> & { readonly host: Host },
  words: readonly string[],
  { done, failed }: { readonly done: string; readonly failed: string },
): Promise<Told> {
  try {
    await changeNft(host, words);
    return yes(done);
  } catch (error) {
    if (!isAppError(error, 'state-failed')) throw error;
    log.error('nft refused', { said: error.message });
    return no(failed);
  }
}

/** Throws `function-failed` without nft. */
export async function requireNft(host: ReadHost): Promise<void> {
  if ((await host.which('nft')) === undefined)
    throw new AppError({ code: 'function-failed', message: 'The program nft is not installed (nftables)' });
}
