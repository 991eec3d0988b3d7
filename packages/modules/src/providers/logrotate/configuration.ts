import type { ReadHost } from '../../kit/index.ts';

/** A value of a directive: `true` for one without a value, `false` for one that is not there. */
export type DirectiveValue = string | boolean;

/** Where a directive stands, or is to stand. */
export interface DirectivePlace {
  readonly path: string;
  readonly text: string;
  readonly current: DirectiveValue;
}

async function readText(host: ReadHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
}

/** A directive of the configuration as a whole. */
export async function findDirective(host: ReadHost, path: string, key: string): Promise<DirectivePlace> {
  const text = await readText(host, path);
  const lines = text.split('\n');
  const inside = blockLines(lines);
  const line = lines.find((each, index) => !inside.has(index) && wordsOf(each)[0] === key);
  return { path, text, current: valueOf(line) };
}

/** A directive of the block of a log, in the file or in one that it includes. */
export async function findInBlock(
  host: ReadHost,
  path: string,
  { block, key }: { readonly block: string; readonly key: string },
): Promise<DirectivePlace> {
  const text = await readText(host, path);
  const folders = text.split('\n').flatMap((line) => (wordsOf(line)[0] === 'include' ? [wordsOf(line)[1] ?? ''] : []));
  const names = await Promise.all(
    folders.map(async (folder) => ((await host.files.list(folder)) ?? []).map((name) => `${folder}/${name}`)),
  );
  for (const each of [path, ...names.flat()]) {
    const content = each === path ? text : await readText(host, each);
    const body = findBlock(content.split('\n'), block);
    if (body === undefined) continue;
    const line = content
      .split('\n')
      .slice(body.from, body.to)
      .find((one) => wordsOf(one)[0] === key);
    return { path: each, text: content, current: valueOf(line) };
  }
  return { path, text, current: false };
}

function wordsOf(line: string): readonly string[] {
  return line.trim().split(/\s+/);
}

function valueOf(line: string | undefined): DirectiveValue {
  if (line === undefined) return false;
  const value = wordsOf(line).slice(1).join(' ');
  return value === '' ? true : value;
}

function blockLines(lines: readonly string[]): ReadonlySet<number> {
  const inside = new Set<number>();
  let isInside = false;
  for (const [index, line] of lines.entries()) {
    if (line.includes('{')) isInside = true;
    if (isInside) inside.add(index);
    if (line.includes('}')) isInside = false;
  }
  return inside;
}

// The names of a block may stand on lines before its brace.
function findBlock(lines: readonly string[], name: string): { readonly from: number; readonly to: number } | undefined {
  const inside = blockLines(lines);
  let names: string[] = [];
  for (const [index, line] of lines.entries()) {
    const isHead = line.includes('{');
    if (!inside.has(index) || isHead)
      names.push(...wordsOf(line.replace(/\{.*/, '')).map((word) => word.replaceAll('"', '')));
    if (isHead) {
      const end = lines.findIndex((each, at) => at >= index && each.includes('}'));
      if (names.includes(name) && end > index) return { from: index + 1, to: end };
      names = [];
    } else if (/^\s*(#|$)/.test(line)) names = [];
  }
  return undefined;
}

function lineOf(key: string, value: DirectiveValue): string | undefined {
  if (value === false || value === '') return undefined;
  return value === true ? key : `${key} ${value}`;
}

/** The file with a directive of the whole configuration set, at its top when it was not there. */
export function setDirective(text: string, key: string, value: DirectiveValue): string {
  const lines = text.split('\n');
  const inside = blockLines(lines);
  const at = lines.findIndex((line, index) => !inside.has(index) && wordsOf(line)[0] === key);
  const line = lineOf(key, value);
  return lines.toSpliced(Math.max(0, at), at < 0 ? 0 : 1, ...(line === undefined ? [] : [line])).join('\n');
}

/** The file with a directive of a block set; the block is added when it was not there. */
export function setInBlock(
  text: string,
  { block, key }: { readonly block: string; readonly key: string },
  value: DirectiveValue,
): string {
  const lines = text.split('\n');
  const body = findBlock(lines, block);
  const line = lineOf(key, value);
  if (body === undefined)
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block} {\n    ${line ?? ''}\n}\n`;
  const at = lines.findIndex((each, index) => index >= body.from && index < body.to && wordsOf(each)[0] === key);
  const place = at < 0 ? { index: body.to, count: 0 } : { index: at, count: 1 };
  const indent = /^\s+/.exec(lines[at < 0 ? body.from : at] ?? '')?.[0] ?? '    ';
  return lines.toSpliced(place.index, place.count, ...(line === undefined ? [] : [`${indent}${line}`])).join('\n');
}
