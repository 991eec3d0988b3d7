/** A place in a tree as `salt://path?saltenv=env` names it. */
export interface SaltPath {
  readonly path: string;
  /** The environment, when the URL names one. */
  readonly saltenv?: string;
}

/** Reads a `salt://` URL, or a bare path, into path and environment. A leading `|` keeps a `?` part of the path. */
export function parseSaltUrl(url: string): SaltPath {
  const rest = url.startsWith('salt://') ? url.slice('salt://'.length) : url;
  if (rest.startsWith('|')) return { path: rest.slice(1) };
  const mark = rest.indexOf('?');
  if (mark === -1) return { path: rest };
  const saltenv = new URLSearchParams(rest.slice(mark + 1)).get('saltenv');
  const path = rest.slice(0, mark);
  return saltenv === null || saltenv === '' ? { path } : { path, saltenv };
}
