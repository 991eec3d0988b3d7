import { setTimeout as wait } from 'node:timers/promises';
import { isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, number, optional, text, valueList, withDefault } from '../../kit/arguments.ts';
import type { FileServer } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { isTruthy } from '../../kit/truth.ts';
import { readText, writeText } from '../text-file.ts';

export const waitForSuccessfulQuery = defineFunction({
  name: 'http.wait_for_successful_query',
  summary: 'Queries an address until that goes well or the time is over; answers the last answer.',
  args: z.object({
    url: text().describe('The address.'),
    wait_for: withDefault(number(), 300).describe('Seconds to try for.'),
    request_interval: withDefault(number(), 1).describe('Seconds between two tries.'),
    further: anyValue().describe('Arguments of `http.query`, by name.'),
  }),
  keywords: 'further',
  examples: ["'*' http.wait_for_successful_query http://somelink.com/ wait_for=160 request_interval=1"],
  async run({ url, wait_for: seconds, request_interval: pause, further }, { call, signal }) {
    const end = Date.now() + seconds * 1000;
    const keyword = further instanceof Map ? further : new Map<Value, Value>();
    for (;;) {
      const outcome = await call('http.query', [url], keyword).catch((error: unknown) => {
        if (Date.now() > end) throw error;
        return undefined;
      });
      const failed = isDict(outcome ?? null) && ['error', 'Error'].some((key) => isTruthy(member(outcome, key)));
      if (outcome !== undefined && (!failed || Date.now() > end)) return outcome;
      await wait(pause * 1000, undefined, { signal });
    }
  },
});

function member(value: Value | undefined, key: string): Value {
  return value instanceof Map ? (value.get(key) ?? null) : null;
}

export const updateCaBundle = defineFunction({
  name: 'http.update_ca_bundle',
  summary: 'Writes a bundle of authorities: one that is fetched, and files that are added to it.',
  args: z.object({
    target: optional(text()).describe('The bundle; `ca_bundle` of the configuration unless given.'),
    source: optional(text()).describe('Where it is fetched from; `ca_bundle_url` unless given.'),
    merge_files: optional(valueList()).describe('Paths of files to add.'),
  }),
  examples: ["'*' http.update_ca_bundle target=/path/to/bundle source=https://example.com/cacert.pem"],
  async run({ target, source, merge_files: files }, { host, options, fileServer }): Promise<Plain> {
    const setting = (name: string): string | undefined => {
      const value = options.get(name);
      return typeof value === 'string' ? value : undefined;
    };
    const path = target ?? setting('ca_bundle');
    if (path === undefined) throw failure('Unable to download CA bundle: no target is given and ca_bundle is not set');
    const fetched = await fetchBundle(source ?? setting('ca_bundle_url'), fileServer);
    const present = (await readText(host, fetched ?? path)) ?? '';
    const added = await Promise.all(
      (files ?? []).map(async (file) => {
        const content = await readText(host, pythonStr(file));
        if (content === undefined) throw failure(`${pythonStr(file)} does not exist`);
        return content;
      }),
    );
    const isOpen = present !== '' && !present.endsWith('\n');
    await writeText(host, path, [present, ...added].join(isOpen ? '\n' : ''));
    return null;
  },
});

async function fetchBundle(address: string | undefined, server: FileServer): Promise<string | undefined> {
  if (address === undefined) return undefined;
  const fetched = await server.fetch(address, 'base');
  if (fetched === undefined) throw failure(`Unable to download CA bundle ${address}`);
  return fetched.path;
}
