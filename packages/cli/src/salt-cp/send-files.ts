import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Value } from '@brine/common';
import { cliError } from '../errors.ts';
import type { CallAnswer, MinionCalls } from './minion-calls.ts';
import type { SourceEntry } from './source-files.ts';

/** Bytes of a file that go in one job; a minion takes 32 MiB at most. */
const pieceLength = 1024 * 1024;
/** Bytes that go without `--chunked`, of all files together. */
const wholeLimit = 8 * 1024 * 1024;

/** What became of a transfer: for each minion what it answered, and whether everything arrived. */
export interface Transfer {
  readonly answers: Map<Value, Value>;
  readonly isGood: boolean;
}

/** Sends files in one job. Throws `source-unusable` for what is not a file, or too much. */
export async function sendWhole(
  entries: readonly SourceEntry[],
  { dest, minions, call }: { readonly dest: string; readonly minions: readonly string[]; readonly call: MinionCalls },
): Promise<Transfer> {
  const files = new Map<Value, Value>();
  let total = 0;
  for (const { source } of entries) {
    const content = readFileSync(source);
    total += content.length;
    if (total > wholeLimit) throw tooLarge();
    files.set(source, new Uint8Array(content));
  }
  const answers = await call(minions, { function: 'cp.recv', positional: [files, dest] });
  return {
    answers: new Map([...answers].map(([minion, { value }]) => [minion, value])),
    isGood: [...answers.values()].every(({ isGood }) => isGood),
  };
}

/** Sends files and empty folders piece by piece; a minion that fails on a file gets nothing more of it. */
export async function sendChunked(
  entries: readonly SourceEntry[],
  options: { readonly minions: readonly string[]; readonly call: MinionCalls; readonly isPacked: boolean },
): Promise<Transfer> {
  const answers = new Map<Value, Value>(options.minions.map((minion) => [minion, new Map<Value, Value>()]));
  let isGood = true;
  for (const entry of entries) {
    for (const [minion, answer] of await sendEntry(entry, options)) {
      (answers.get(minion) as Map<Value, Value>).set(entry.target, answer.value);
      isGood &&= answer.isGood && answer.value === true;
    }
  }
  return { answers, isGood };
}

type ChunkOptions = Parameters<typeof sendChunked>[1];

async function sendEntry(
  entry: SourceEntry,
  { minions, call, isPacked }: ChunkOptions,
): Promise<ReadonlyMap<string, CallAnswer>> {
  const fun = 'cp.recv_chunked';
  if (entry.kind === 'empty-directory') return call(minions, { function: fun, positional: [entry.target, null] });
  const { size, sha256 } = measure(entry.source);
  const outcome = new Map<string, CallAnswer>();
  let going = minions;
  let sent = 0;
  for (const piece of piecesOf(entry.source)) {
    const chunk = new Uint8Array(isPacked ? gzipSync(piece) : piece);
    const positional: Value[] = [entry.target, chunk, sent > 0, isPacked, entry.mode];
    const keyword = new Map<Value, Value>([
      ['size', size],
      ['sha256', sha256],
    ]);
    for (const [minion, answer] of await call(going, { function: fun, positional, keyword })) {
      outcome.set(minion, answer);
    }
    sent += piece.length;
    going = going.filter((minion) => outcome.get(minion)?.value === true);
    if (going.length === 0) break;
  }
  return outcome;
}

/** An empty file is one empty piece. */
function* piecesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(pieceLength);
    let length = readSync(file, buffer, 0, pieceLength, null);
    do {
      yield Buffer.from(buffer.subarray(0, length));
      length = readSync(file, buffer, 0, pieceLength, null);
    } while (length > 0);
  } finally {
    closeSync(file);
  }
}

function measure(path: string): { readonly size: number; readonly sha256: string } {
  const hash = createHash('sha256');
  let size = 0;
  for (const piece of piecesOf(path)) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest('hex') };
}

function tooLarge(): Error {
  const limit = `${wholeLimit / 1024 / 1024} MiB`;
  return cliError('source-unusable', `the files are larger than ${limit} together; use --chunked`);
}
