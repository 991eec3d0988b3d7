export { cliErrors } from './errors.ts';
export { runSalt } from './salt/run-salt.ts';
export { runSaltApi } from './salt-api/run-salt-api.ts';
export { runSaltCp } from './salt-cp/run-salt-cp.ts';
export { runSaltKey, type SaltKeyPorts } from './salt-key/run-salt-key.ts';
export { runSaltRun } from './salt-run/run-salt-run.ts';
