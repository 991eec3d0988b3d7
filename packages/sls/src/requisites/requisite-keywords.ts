/** Requisites that order steps and decide whether they run; their targets run first. */
export const orderingRequisites = [
  'require',
  'require_any',
  'watch',
  'watch_any',
  'prereq',
  'onfail',
  'onfail_any',
  'onfail_all',
  'onchanges',
  'onchanges_any',
] as const;

/** A requisite out of {@link orderingRequisites}. */
export type OrderingRequisite = (typeof orderingRequisites)[number];

/** What the compiler hands the other side of a requisite. */
export const inRequisites: ReadonlySet<string> = new Set([
  'require_in',
  'watch_in',
  'onfail_in',
  'onchanges_in',
  'prereq_in',
  'listen_in',
]);

/** Keywords whose value is a list of references and which an `extend` adds to instead of replacing. */
export const referenceKeywords: ReadonlySet<string> = new Set([...orderingRequisites, 'prerequired', 'listen']);

/** Every keyword that names other states: none of them is copied by `use`. */
export const requisiteKeywords: ReadonlySet<string> = new Set([
  ...referenceKeywords,
  ...inRequisites,
  'onfail_stop',
  'use',
  'use_in',
]);
