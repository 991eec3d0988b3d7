import type { RequisiteGraph } from '../requisites/requisite-graph.ts';
import { toListener, type Listenings } from './find-listeners.ts';

const followingKinds: ReadonlySet<string> = new Set(['watch', 'watch_any', 'onchanges', 'onchanges_any']);

/** Answers the tags of the steps that react to changes of the step with a tag, those that listen to it last. */
export type FollowerIndex = (tag: string) => readonly string[];

/** Indexes who follows whom, when that is first asked: a run that changes nothing never does. */
export function createFollowerIndex(graph: RequisiteGraph, listenings: Listenings): FollowerIndex {
  let index: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  return (tag) => {
    index ??= buildIndex(graph, listenings);
    return [...(index.get(tag) ?? [])];
  };
}

function buildIndex(graph: RequisiteGraph, listenings: Listenings): Map<string, Set<string>> {
  const index = new Map<string, Set<string>>();
  const add = (followed: string, follower: string): void => {
    const followers = index.get(followed) ?? new Set();
    index.set(followed, followers.add(follower));
  };
  for (const step of graph.steps) {
    for (const { kind, targets } of graph.linksOf(step).links) {
      if (!followingKinds.has(kind)) continue;
      for (const target of targets) add(target.tag, step.tag);
    }
  }
  for (const { listener, heard } of listenings.pairs) {
    for (const step of heard) add(step.tag, toListener(listener).tag);
  }
  return index;
}
