/** Every code this package throws or reports, with what it means in one line. */
export const slsErrors = {
  'render-failed': 'a file did not render; the problems say where',
  'renderer-argument': 'a renderer was given an option it does not have',
  'renderer-input': 'a renderer was handed data where it reads text, or the other way round',
  'renderer-skipped': 'a renderer that the configuration disallows was left out (warning)',
  'renderer-unknown': 'a renderer line names a renderer that does not exist, so the file gives nothing (warning)',
  'renderer-unsupported': 'a renderer of Salt that Brine does not have',
  'template-engine-closed': 'a template was to be rendered after its engine was closed',
  'template-thread-failed': 'the thread that renders templates died',
  'template-time-limit': 'a template computed for longer than allowed and was stopped',
  'template-too-nested': 'templates called functions that render templates, deeper than allowed',
  'pgp-decrypt': 'a PGP message could not be decrypted',
  'top-invalid': 'a top file does not have the shape of one',
  'top-matcher-unknown': 'a top file names a way of matching that does not exist',
  'top-render': 'a top file did not render',
  'pillar-environment': 'a pillar top file names an environment that has no pillar_roots',
  'pillar-external': 'an external pillar failed or is not configured as one',
  'pillar-external-unknown': 'ext_pillar names an external pillar that does not exist',
  'pillar-decrypt': 'a value named in decrypt_pillar could not be decrypted',
  'pillar-include': 'the include of a pillar file does not have the shape of one',
  'pillar-include-cycle': 'pillar files include each other in a circle',
  'pillar-render': 'a pillar file did not render',
  'pillar-shape': 'a pillar file renders to something else than a dictionary',
  'pillar-sls-missing': 'a pillar file that is named does not exist',
} as const;

/** A code out of {@link slsErrors}. */
export type SlsErrorCode = keyof typeof slsErrors;
