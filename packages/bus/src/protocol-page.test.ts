import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dropReasons } from './drop-counter.ts';
import { encodeFrame, frameCodes, type Frame } from './frame.ts';
import { defaultLimits } from './limits.ts';
import { protocolLimits, protocolVersion } from './protocol-limits.ts';
import {
  encodeSessionMessage,
  messageRules,
  verdictCodes,
  type GoodbyeReason,
  type SessionMessage,
} from './session-message.ts';
import { masterTransitions, minionTransitions } from './states.ts';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}

/** The rows, as plain text, of the first table whose columns begin with these. */
function tableWith(...columns: string[]): string[][] {
  const lines = page.split('\n');
  const head = lines.findIndex((line) => columns.every((name, index) => cells(line)[index] === name));
  const rest = lines.slice(head + 2);
  return rest
    .slice(
      0,
      rest.findIndex((line) => !line.startsWith('|')),
    )
    .map(cells);
}

/** Which of the known states a table says that each leads to. */
function transitionsOn(column: string, known: object): Readonly<Record<string, readonly string[]>> {
  const lines = page.split('\n');
  const head = lines.findIndex((line) => cells(line)[0] === column);
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  const rows = lines.slice(head + 2, end).map((line) => {
    const name = cells(line)[0] ?? '';
    const last = line.split('|').at(-2) ?? '';
    const named = [...last.matchAll(/`([a-z-]+)`/g)].map(([, state]) => state ?? '');
    return [name, [...new Set(named.filter((state) => Object.hasOwn(known, state)))].toSorted()] as const;
  });
  return Object.fromEntries(rows);
}

/** How long the listed fields are together: sizes are in brackets, those that vary are given in their order. */
function lengthOf(fields: string, variable: readonly number[]): number {
  // A box is as long as what is in it, and has a table row of its own where it matters.
  const [open = '', boxed] = fields.split(/(?:padded )?box of/);
  const sizes = [...open.matchAll(/\((\d+|text8|bytes16|the rest)\b[^)]*\)/g)].map(([, size]) => size ?? '');
  const overhead: Readonly<Record<string, number>> = { text8: 1, bytes16: 2, 'the rest': 0 };
  const lengths = [...variable];
  const fixed = sizes.map((size) => {
    const extra = overhead[size];
    return extra === undefined ? Number(size) : extra + (lengths.shift() ?? Number.NaN);
  });
  const box = boxed === undefined ? 0 : (lengths.shift() ?? Number.NaN);
  return fixed.reduce((sum, size) => sum + size, box);
}

const of = (length: number): Uint8Array => new Uint8Array(length);

/** One of each, with the lengths of what varies. */
const messages: readonly (SessionMessage & { readonly variable?: readonly number[] })[] = [
  {
    ...({ kind: 'verdict', status: 'later', held: true, heartbeatMilliseconds: 1, time: 2 } as const),
    ...{ publishPort: 3, retryMilliseconds: 4, signature: of(64) },
  },
  { kind: 'ping' },
  { kind: 'pong' },
  { kind: 'request', number: 1, verb: 'test.ping', body: of(7), variable: [9, 7] },
  { kind: 'response', number: 1, body: of(7), variable: [7] },
  { kind: 'failure', number: 1, body: of(7), variable: [7] },
  { kind: 'cancel', number: 1 },
  { kind: 'publication', signed: of(7), variable: [7] },
  { kind: 'acknowledgement', publicationId: 'abc', variable: [3] },
  { kind: 'epoch', epoch: of(8), key: of(32), slot: 1, sequence: 2n },
  { kind: 'listening', epoch: of(8) },
  { kind: 'rekey', generation: 1, ephemeral: of(32) },
  { kind: 'rekeyed', generation: 1, ephemeral: of(32) },
  { kind: 'goodbye', reason: 'stopping' },
  { kind: 'succession', key: of(32), chain: of(7), variable: [7] },
  { kind: 'time', time: 1 },
];

const frames: readonly (Frame & { readonly variable?: readonly number[] })[] = [
  { kind: 'hello', version: 1, ephemeral: of(32), puzzle: of(32), solution: 0n },
  { kind: 'puzzle', version: 1, bits: 1, puzzle: of(32) },
  { kind: 'challenge', version: 1, ephemeral: of(32), box: of(70), variable: [70] },
  { kind: 'proof', version: 1, box: of(70), variable: [70] },
  { kind: 'sealed', generation: 1, counter: 1n, box: of(70), variable: [70] },
  { kind: 'broadcast', epoch: of(8), sequence: 1n, box: of(70), variable: [70] },
];

describe('docs/protocol.md', () => {
  it('lists every frame with its code', () => {
    const rows = tableWith('code', 'frame').map(([code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(rows)).toEqual(frameCodes);
  });

  it('lists every message with its code, its sender and whether it needs an accepted session', () => {
    const rows = tableWith('code', 'message').map(([code, name, from, acceptedOnly]) => [
      name,
      { code: Number(code), from, acceptedOnly: acceptedOnly === 'yes' },
    ]);
    expect(Object.fromEntries(rows)).toEqual(messageRules);
  });

  it.each(messages)('lays out the fields of a $kind message as the code writes them', ({ variable, ...message }) => {
    const [, , , , fields = ''] = tableWith('code', 'message').find(([, name]) => name === message.kind) ?? [];
    expect(encodeSessionMessage(message as SessionMessage)).toHaveLength(1 + lengthOf(fields, variable ?? []));
  });

  it('lays out every message', () => {
    expect(messages.map(({ kind }) => kind)).toEqual(Object.keys(messageRules));
  });

  it.each(frames)('lays out the fields of a $kind frame as the code writes them', ({ variable, ...frame }) => {
    const [, , , fields = ''] = tableWith('code', 'frame').find(([, name]) => name === frame.kind) ?? [];
    expect(encodeFrame(frame as Frame)).toHaveLength(1 + lengthOf(fields, variable ?? []));
  });

  it('lays out every frame', () => {
    expect(frames.map(({ kind }) => kind)).toEqual(Object.keys(frameCodes));
  });

  it('lists every state of a minion and where it leads, as the code has it', () => {
    // That `stop` leads to `stopped` from everywhere is said once.
    const table = Object.entries(minionTransitions).map(([from, to]) => [
      from,
      to.filter((state) => state !== 'stopped').toSorted(),
    ]);
    expect(transitionsOn('state', minionTransitions)).toEqual(Object.fromEntries(table));
  });

  it('lists every state of a connection and where it leads, as the code has it', () => {
    const table = Object.entries(masterTransitions).map(([from, to]) => [from, [...to].toSorted()]);
    expect(transitionsOn('state of a connection', masterTransitions)).toEqual(Object.fromEntries(table));
  });

  it('lists every reason for dropping', () => {
    expect(tableWith('reason').map(([name]) => name)).toEqual(dropReasons);
  });

  it('lists every limit that can be set, with its default', () => {
    const rows = tableWith('name').map(([name, value]) => [name, Number(value)]);
    expect(Object.fromEntries(rows)).toEqual(defaultLimits);
  });

  it('lists the limits that cannot be set', () => {
    const numbers = tableWith('what', 'value').flatMap(([, value]) =>
      [...(value ?? '').replaceAll(',', '').matchAll(/\d+/g)].map(([digits]) => Number(digits)),
    );
    expect(numbers).toEqual(Object.values(protocolLimits));
  });

  it('names every verdict and reason of a goodbye with its code, and the version', () => {
    const reasons: readonly GoodbyeReason[] = ['stopping', 'replaced', 'revoked', 'keys-expired', 'violation'];
    const goodbyes = reasons.map((reason) => [reason, encodeSessionMessage({ kind: 'goodbye', reason })[1]] as const);
    for (const [name, code] of [...Object.entries(verdictCodes), ...goodbyes]) {
      expect(page).toMatch(new RegExp(`\`${name}\` \\(${code}[:,)]`));
    }
    expect(page).toContain(`# The bus protocol, version ${protocolVersion}`);
  });
});
