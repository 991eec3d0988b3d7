import { brineVersion, compatibleSaltVersion, pythonStr } from '@brine/common';
import { z } from 'zod';
import { givenValue } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const ping = defineFunction({
  name: 'test.ping',
  summary: 'Answers true: the minion is up and answers.',
  args: z.object({}),
  examples: ["'*' test.ping"],
  run: () => true,
});

export const alwaysTrue = defineFunction({
  name: 'test.true',
  summary: 'Answers true.',
  args: z.object({}),
  examples: ["'*' test.true"],
  run: () => true,
});

export const alwaysFalse = defineFunction({
  name: 'test.false',
  summary: 'Answers false, which is no failure.',
  args: z.object({}),
  examples: ["'*' test.false"],
  run: () => false,
});

export const echo = defineFunction({
  name: 'test.echo',
  summary: 'Answers what it is given.',
  args: z.object({ text: givenValue().describe('What to answer.') }),
  examples: ["'*' test.echo 'foo bar baz'"],
  run: ({ text }) => text,
});

export const outputter = defineFunction({
  name: 'test.outputter',
  summary: 'Answers what it is given, to try an outputter with.',
  args: z.object({ data: givenValue().describe('What to answer.') }),
  examples: ["'*' test.outputter foobar"],
  run: ({ data }) => data,
});

export const version = defineFunction({
  name: 'test.version',
  summary: 'The version of Salt whose behaviour this minion keeps.',
  args: z.object({}),
  examples: ["'*' test.version"],
  run: () => compatibleSaltVersion,
});

export const versionsInformation = defineFunction({
  name: 'test.versions_information',
  summary: 'The versions of this program, of the Salt it follows, of Node and of the system, by group.',
  args: z.object({}),
  examples: ["'*' test.versions_information"],
  run: (_args, { grains }) => ({
    'Salt Version': { Salt: compatibleSaltVersion },
    'Brine Version': { Brine: brineVersion },
    'Dependency Versions': { Node: process.version.slice(1) },
    'System Versions': {
      dist: grains.get('osfinger') ?? null,
      machine: grains.get('cpuarch') ?? null,
      release: grains.get('kernelrelease') ?? null,
      system: grains.get('kernel') ?? null,
    },
  }),
});

export const versionsReport = defineFunction({
  name: 'test.versions_report',
  summary: 'The versions of `test.versions_information` as text.',
  args: z.object({}),
  examples: ["'*' test.versions_report"],
  run: (_args, { grains }) =>
    [
      'Salt Version:',
      `          Salt: ${compatibleSaltVersion}`,
      '',
      'Brine Version:',
      `         Brine: ${brineVersion}`,
      '',
      'Dependency Versions:',
      `          Node: ${process.version.slice(1)}`,
      '',
      'System Versions:',
      ...['osfinger', 'cpuarch', 'kernelrelease', 'kernel'].map(
        (name) => `${name.padStart(14)}: ${pythonStr(grains.get(name) ?? 'unknown')}`,
      ),
    ].join('\n'),
});
