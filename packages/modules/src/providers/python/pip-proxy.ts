import { pythonStr, type Dict, type Value } from '@brine/common';

/**
 * The environment for a pip that goes through the proxy of the configuration, which holds unless the call says something
 * of a proxy itself. Options would show its password in lists of processes.
 */
export function environmentWithProxy(
  settings: Dict,
  asked: string | readonly string[] | undefined,
  environment: Dict | undefined,
): Dict | undefined {
  const setting = (key: string): string => pythonStr(settings.get(key) ?? '');
  const [host, port] = [setting('proxy_host'), setting('proxy_port')];
  if (asked !== undefined || host === '' || port === '' || port === '0') return environment;
  const [user, password] = [setting('proxy_username'), setting('proxy_password')];
  const login = user === '' || password === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  return new Map<Value, Value>([['PIP_PROXY', `http://${login}${host}:${port}`], ...(environment ?? [])]);
}
