/** What a dry run says of repositories that it leaves as they are. */
export const dryRunNote =
  'This may cause pkg states to behave differently than stated if this action is repeated without test=True, due to the differences in the configured repositories.';
