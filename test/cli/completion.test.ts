import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const share = fileURLToPath(new URL('../../share/', import.meta.url));

/** What bash offers for the last of some words. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _brine "$1"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script, `${share}completions/bash/salt`, ...words], {
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('the completion of bash', () => {
  it('knows options, functions, runners and outputters where they belong', () => {
    expect(offered('salt', '--batch-')).toEqual(['--batch-wait', '--batch-safe-limit', '--batch-safe-size']);
    expect(offered('salt', '-t', '5', '*', 'test.pi')).toEqual(['test.ping']);
    expect(offered('/usr/bin/salt-call', '--local', 'state.highs')).toEqual(['state.highstate']);
    expect(offered('salt-run', 'jobs.f')).toEqual(['jobs.follow']);
    expect(offered('salt-key', '--out', 'js')).toEqual(['json']);
    expect(offered('salt', '--out', '=', 'js')).toEqual(['json']);
    expect(offered('salt', '--out', '=', 'json', '*', 'test.pi')).toEqual(['test.ping']);
    expect(offered('salt-run', '--log-level', 'war')).toEqual(['warning']);
    expect(offered('salt-call', '-l', 'deb')).toEqual(['debug']);
  });
});

describe('the manual pages', () => {
  it.each(['man1/salt.1', 'man1/salt-call.1', 'man8/salt-master.8'])('%s has every part of one', (page) => {
    const text = readFileSync(`${share}man/${page}`, 'utf8');
    expect(text.match(/^\.SH .*$/gm)).toEqual(
      expect.arrayContaining(['.SH NAME', '.SH SYNOPSIS', '.SH OPTIONS', '.SH EXIT STATUS', '.SH SEE ALSO']),
    );
    expect(text).toMatch(/^\.TP\n\.B \\-c, \\-\\-config\\-dir <dir>$/m);
  });
});
