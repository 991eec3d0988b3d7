/** The codes of the errors this package throws. */
export const masterErrors = {
  'event-refused': 'a minion fired an event that only the master may fire',
  'file-not-found': 'the file server has no such file',
  'job-refused': 'the policy does not let this caller run this function',
  'job-unknown': 'the job store has no job of this id',
  'key-conflict': 'a key with this fingerprint or id is already there',
  'key-file-invalid': 'a key file does not hold a public key',
  'key-not-found': 'no key matches',
  'master-start-failed': 'the master cannot start',
  'pillar-failed': "a minion's pillar does not compile",
  'request-malformed': 'a minion sent a body that its verb does not take',
  'runner-arguments': 'a runner was called with wrong arguments',
  'runner-unknown': 'there is no such runner',
  'store-unusable': 'the job store cannot be opened or written',
  'target-empty': 'no accepted minion matches the target',
  'target-invalid': 'the target expression cannot be read',
  'verb-unknown': 'a minion asked for a verb that does not exist',
} as const;
