import { lineText, optional, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';
import { compareDebianVersions } from './apt/compare-versions.ts';
import { meetsWish } from './version-wish.ts';

/** The arguments that `gem` states share. */
export const gemArguments = {
  gem_bin: optional(lineText()).describe('Path of the gem program.'),
  user: optional(lineText()).describe('Account gem runs as.'),
};

interface GemPlace {
  readonly gem_bin: string | undefined;
  readonly user: string | undefined;
}

/** Whether a gem can have a name. */
export function isGemName(name: string): boolean {
  return /^\w[\w.-]*$/.test(name);
}

/** The gems that are installed: name → versions. Throws `state-failed`. */
export async function listGems(host: ReadHost, place: GemPlace): Promise<ReadonlyMap<string, readonly string[]>> {
  const command = [place.gem_bin ?? 'gem', 'list', '--local'];
  const result = await host.inspect({ command, timeout: 120_000, ...requestOf(place) });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const rows = result.stdout.split('\n').map((line) => /^(\S+) \(([^)]*)\)/.exec(line));
  return new Map(
    rows.flatMap((row) => {
      const versions = (row?.[2] ?? '')
        .split(',')
        .map((version) => version.replace('default:', '').trim().split(' ')[0] ?? '');
      return row === null ? [] : [[row[1] ?? '', versions] as const];
    }),
  );
}

/** The places gems come from. Throws `state-failed`. */
export async function listGemSources(host: ReadHost, place: GemPlace): Promise<readonly string[]> {
  const command = [place.gem_bin ?? 'gem', 'sources', '--list'];
  const result = await host.inspect({ command, timeout: 120_000, ...requestOf(place) });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout.split('\n').filter((line) => /^\w+:\/\//.test(line));
}

/** Whether one of a gem's versions is what a state asks for. */
export function meetsGemWish(versions: readonly string[], wish: string | undefined): boolean {
  return versions.some((version) => meetsWish(version, wish, compareDebianVersions));
}

/** Runs gem. Throws `state-failed` with what it complained about. */
export async function runGem(
  machine: Host,
  args: readonly string[],
  { place, signal, input = '' }: { readonly place: GemPlace; readonly signal: AbortSignal; readonly input?: string },
): Promise<void> {
  const request = { ...requestOf(place), signal, input, timeout: 3_600_000 };
  await runTool(machine, [place.gem_bin ?? 'gem', ...args], request);
}

function requestOf({ user }: GemPlace): { readonly user?: string; readonly environment: Record<string, string> } {
  return { environment: { LC_ALL: 'C.UTF-8' }, ...(user === undefined ? {} : { user }) };
}
