import { isAppError, toPlain, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { connectDocker, listIn, memberAt, textAt } from '../../providers/docker/docker-api.ts';
import { failure } from '../failure.ts';
import { findFile } from './files.ts';
import { dockerName } from './look.ts';

/** How much of an id people are shown. */
function short(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

export const layers = defineFunction({
  name: 'docker.layers',
  summary: 'The ids of the layers of an image, the lowest first; `<missing>` for those that were made elsewhere.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.layers centos:7"],
  async run({ name }, context) {
    const history = await connectDocker(context).get(`/images/${encodeURIComponent(name)}/history`);
    const ids = listIn(history).map((one) => textAt(one, 'Id'));
    if (ids.length === 0) throw failure(`Image '${name}' not found`);
    return ids.map((id) => (id === '<missing>' ? id : short(id))).toReversed();
  },
});

export const dangling = defineFunction({
  name: 'docker.dangling',
  summary:
    'The ids of images without a name that no other is built on; with `prune` removes them and tells how that went.',
  args: z.object({
    prune: withDefault(flag(), false).describe('Remove them.'),
    force: withDefault(flag(), false).describe('Though containers were made of them.'),
  }),
  examples: ["'*' docker.dangling", "'*' docker.dangling prune=True"],
  async run({ prune, force }, context): Promise<Plain> {
    const filters = encodeURIComponent(JSON.stringify({ dangling: ['true'] }));
    const found = listIn(await connectDocker(context).get(`/images/json?filters=${filters}`));
    const ids = found.map((one) => short(textAt(one, 'Id')));
    if (!prune) return ids;
    const told: Record<string, Plain> = {};
    for (const id of ids) {
      try {
        const removed = await context.call('docker.rmi', [id], new Map([['force', force]]));
        told[id] = { Removed: toPlain(removed) as Plain };
      } catch (error) {
        if (!isAppError(error)) throw error;
        told[id] = { Removed: false, Comment: error.message };
      }
    }
    return told;
  },
});

export const importImage = defineFunction({
  name: 'docker.import',
  ignoresOthers: true,
  summary: 'Makes an image of the files in a tar archive.',
  args: z.object({
    source: text().describe('The archive: a path on this minion, or `salt://…`.'),
    repository: dockerName.describe('Name for the image.'),
    tag: withDefault(lineText(), 'latest').describe('Tag for the image.'),
  }),
  examples: [
    "'*' docker.import /tmp/cent7-minimal.tar.xz myuser/centos",
    "'*' docker.import salt://dockerimages/cent7-minimal.tar.xz myuser/centos 7",
  ],
  async run({ source, repository, tag }, context): Promise<Plain> {
    const file = await findFile(context, source);
    const docker = connectDocker(context);
    const began = Date.now();
    const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
    const last = await docker.upload(`/images/create?${query.toString()}`, file);
    const wrong = memberAt(last, 'error');
    if (typeof wrong === 'string') throw failure(`Import failed: ${wrong}`);
    const image = `${repository}:${tag}`;
    const made = await docker.get(`/images/${encodeURIComponent(image)}/json`);
    if (made === undefined) throw failure(`Import failed: there is no image ${image}`);
    return { Id: textAt(made, 'Id'), Image: image, Time_Elapsed: (Date.now() - began) / 1000 };
  },
});
