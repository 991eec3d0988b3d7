export { configReference, type ConfigReferenceEntry } from './config-reference.ts';
export { unsupportedKeys } from './keys/unsupported-keys.ts';
export { loadConfig, type LoadConfigOptions, type LoadedConfig } from './load-config.ts';
export { MasterConfig } from './master-config.ts';
export { MinionConfig } from './minion-config.ts';
