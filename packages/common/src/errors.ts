/** Every code this package throws or reports, with what it means in one line. */
export const commonErrors = {
  'color-theme-invalid': 'the file that `color_theme` names is no mapping of colours to codes',
  'config-invalid': 'a configuration file cannot be used; the problems name each key and place',
  'config-missing': 'the configuration file that was asked for does not exist',
  'config-unreadable': 'a configuration file exists but could not be read',
  'config-key-unknown': 'a configuration key that neither Salt nor Brine knows (warning)',
  'config-key-unsupported': 'a configuration key of Salt that Brine does not act on (warning)',
  'config-value-invalid': 'a configuration key has a value of the wrong type or outside its range',
  'json-syntax': 'a text is not JSON',
  'json-too-deep': 'a JSON text nests deeper than allowed',
  'json-unsupported': 'a value has no JSON form (a list, dict or bytes as a key)',
  'merge-not-dict': 'two values that are not both dicts were to be merged',
  'regex-invalid': 'a regular expression does not compile, or is one that could run without end',
  'regex-too-slow': 'the regular expressions of a target took too long to match',
  'target-invalid': 'a target expression is malformed and so matches nothing',
  usage: 'a command line, or a Saltfile, that cannot be understood',
  'value-unordered': 'two values of different kinds were compared with < or sorted',
  'wire-malformed': 'bytes received are not a message',
  'wire-too-deep': 'a message nests deeper than allowed',
  'wire-too-large': 'a message has more bytes than allowed',
  'wire-unsupported': 'something that has no wire form was to be sent',
  'yaml-alias': 'an alias names no anchor, or aliases expand beyond the limit',
  'yaml-duplicate-key': 'a mapping has the same key twice',
  'yaml-invalid-value': 'a scalar does not fit its type, or a key is a list or mapping',
  'yaml-syntax': 'a text is not YAML',
  'yaml-tag': 'a YAML tag that is not supported, such as !!python/object',
  'yaml-too-deep': 'a YAML text nests deeper than allowed',
} as const;

/** A code out of {@link commonErrors}. */
export type CommonErrorCode = keyof typeof commonErrors;
