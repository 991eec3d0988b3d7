import type { FileServer, FetchWish } from '@brine/modules/kit';
import { describe, expect, it } from 'vitest';
import { stoppableFiles } from './stoppable-files.ts';

function createServer(wishes: (FetchWish | undefined)[]): FileServer {
  const fetch: FileServer['fetch'] = (_url, _saltenv, wish) => {
    wishes.push(wish);
    return new Promise(() => {});
  };
  return { fetch } as FileServer;
}

describe('files of a run that is stopped', () => {
  it('are no longer waited for, and their server is told', async () => {
    const wishes: (FetchWish | undefined)[] = [];
    const stopping = new AbortController();
    const fetching = stoppableFiles(createServer(wishes), stopping.signal).fetch('salt://a', 'base');
    stopping.abort(new Error('the job was cancelled'));
    await expect(fetching).rejects.toThrow('the job was cancelled');
    expect(wishes.map((wish) => wish?.signal?.aborted)).toEqual([true]);
  });

  it('are not asked for at all afterwards', async () => {
    const wishes: (FetchWish | undefined)[] = [];
    const files = stoppableFiles(createServer(wishes), AbortSignal.abort(new Error('the job was cancelled')));
    await expect(files.fetch('salt://a', 'base')).rejects.toThrow('the job was cancelled');
    expect(wishes).toEqual([]);
  });
});
