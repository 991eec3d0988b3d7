import { isDict, pythonStr, type Dict, type Logger, type Value } from '@brine/common';
import { createLdapMethod } from './ldap.ts';
import type { LoginMethod, OnFault } from './login-method.ts';
import { createPamMethod } from './pam.ts';
import { createPasswordFileMethod } from './password-file.ts';
import { createSharedSecretMethod } from './shared-secret.ts';

/** What login methods are made of. */
export interface LoginMethodsOptions {
  readonly externalAuth: Dict;
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
  readonly logger: Logger;
}

/** The login methods there are, by the names that `external_auth` has for them. */
const makers: ReadonlyMap<string, (entries: Dict, options: Dict, onFault: OnFault) => LoginMethod> = new Map([
  ['file', (settings: Dict, _options: Dict, onFault: OnFault) => createPasswordFileMethod({ settings, onFault })],
  ['ldap', (_entries: Dict, settings: Dict, onFault: OnFault) => createLdapMethod({ settings, onFault })],
  [
    'pam',
    (_entries: Dict, options: Dict, onFault: OnFault) =>
      createPamMethod({ service: pythonStr(options.get('auth.pam.service') ?? 'login'), onFault }),
  ],
  ['sharedsecret', (_entries: Dict, options: Dict) => createSharedSecretMethod(textOf(options.get('sharedsecret')))],
]);

/** The methods that `external_auth` names; one that does not exist is told to the log, and nobody gets in by it. */
export function createLoginMethods({ externalAuth, options, logger }: LoginMethodsOptions): Map<string, LoginMethod> {
  const methods = new Map<string, LoginMethod>();
  for (const [key, entries] of externalAuth) {
    const name = pythonStr(key);
    const make = makers.get(name);
    if (make === undefined) logger.error('external_auth names a login method that does not exist', { method: name });
    else {
      const onFault: OnFault = (message, facts) =>
        logger.warn('a login method has a problem', { method: name, problem: message, ...facts });
      methods.set(name, make(isDict(entries) ? entries : new Map(), options, onFault));
    }
  }
  return methods;
}

function textOf(value: Value | undefined): string | undefined {
  return value === undefined || value === null ? undefined : pythonStr(value);
}
