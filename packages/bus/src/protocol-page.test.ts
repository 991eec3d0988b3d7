import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dropReasons } from './drop-counter.ts';
import { frameCodes } from './frame.ts';
import { defaultLimits } from './limits.ts';
import { protocolLimits, protocolVersion } from './protocol-limits.ts';
import { encodeSessionMessage, messageRules, verdictCodes, type GoodbyeReason } from './session-message.ts';

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
