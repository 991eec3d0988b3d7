/** The error codes this package throws, with what each means. */
export const modulesErrors = {
  'function-unknown': 'No execution function has this name.',
  'function-arguments': 'An execution function was called with arguments it does not take.',
  'function-failed': 'An execution function could not do what it was asked to.',
  'gpg-failed': 'A PGP message could not be decrypted; the message says why.',
  'host-account': 'An account or group that was named does not exist.',
  'host-command': 'A program could not be started.',
  'host-file': 'A file operation on the managed machine failed.',
  'orchestration-argument': 'A step of an orchestration has arguments that do not go together.',
  'program-timeout': 'A program did not end in the time it had, and was ended with all it started.',
  'provider-missing': 'Nothing on this machine can do what the state or function needs.',
  'regex-flag': "A flag of a regular expression is none of Python's.",
  'state-arguments': 'A state has arguments that are missing, unknown or of the wrong kind.',
  'state-failed': 'A state could not do what it foretold; the message says why.',
  'text-serialize': 'Data that a format cannot hold.',
  'text-edit': 'A text has no such place to edit, or more than one.',
} as const;

/** A code of {@link modulesErrors}. */
export type ModulesErrorCode = keyof typeof modulesErrors;
