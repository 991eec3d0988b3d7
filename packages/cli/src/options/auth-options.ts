import type { Command } from 'commander';

/** Who runs a command, where that is not the user of the machine. */
export interface AuthFlags {
  readonly auth?: string;
  readonly eauth?: string;
  readonly externalAuth?: string;
  readonly makeToken?: boolean;
  readonly username?: string;
  readonly password?: string;
}

/** Adds the options of logging in. `-a` is `salt-key`'s word for accepting. */
export function addAuthOptions(command: Command, hasShortForm = true): Command {
  return command
    .option(
      `${hasShortForm ? '-a, ' : ''}--auth <method>`,
      'log in by this method of external_auth: file, ldap, pam, sharedsecret',
    )
    .option('--eauth <method>', 'the same as --auth')
    .option('--external-auth <method>', 'the same as --auth')
    .option('-T, --make-token', 'keep the login in token_file (~/.salt_token), for later commands')
    .option('--username <name>', 'the name to log in with; asked for unless given')
    .option('--password <word>', 'the password; asked for unless given, which keeps it out of lists of processes');
}
