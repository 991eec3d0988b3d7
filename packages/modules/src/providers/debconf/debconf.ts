import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';

/** An answer to a question a package asks when it is installed. */
export interface DebconfAnswer {
  readonly question: string;
  readonly type: string;
  readonly value: string;
}

/**
 * The answers debconf has for packages, by `package question`; `undefined` where `debconf-show` would be needed but
 * is missing. Answers to questions of passwords are kept where only root reads them.
 */
export async function readAnswers(host: ReadHost): Promise<ReadonlyMap<string, DebconfAnswer>> {
  if ((await host.which('debconf-get-selections')) === undefined)
    throw new AppError({
      code: 'provider-missing',
      message: 'debconf-get-selections is missing: install debconf-utils',
    });
  const { stdout } = await host.inspect({ command: ['debconf-get-selections'], timeout: 60_000 });
  return new Map(readSelections(stdout).map((answer) => [`${answer.package} ${answer.question}`, answer] as const));
}

/** Reads lines of `package question type value`, as `debconf-set-selections` takes them. */
export function readSelections(text: string): readonly (DebconfAnswer & { readonly package: string })[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*([^#\s]\S*)\s+(\S+)\s+(\S+)(?:\s(.*))?$/.exec(line);
    if (match === null) return [];
    const [, owner = '', question = '', type = '', value = ''] = match;
    return [{ package: owner, question, type, value: value.trim() }];
  });
}

/** Hands answers to debconf. */
export async function setAnswers(machine: Host, owner: string, answers: readonly DebconfAnswer[]): Promise<void> {
  const input = answers.map(({ question, type, value }) => `${owner} ${question} ${type} ${value}\n`).join('');
  await runTool(machine, ['debconf-set-selections'], { input });
}
