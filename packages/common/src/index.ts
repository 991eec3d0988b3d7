export { AppError, isAppError, type AppErrorInit } from './app-error.ts';
export { longestTimeout, systemClock, type Clock, type Timer } from './clock.ts';
export { closestName } from './closest-name.ts';
export { createLineLogger, logLevels, type LineLogTarget } from './command-line/line-logger.ts';
export { prepareWords } from './command-line/prepare-words.ts';
export { versionsReport } from './command-line/versions-report.ts';
export { saltfileFlags } from './command-line/saltfile.ts';
export { createLogFile } from './command-line/log-file-store.ts';
export { compareTexts, compareValues, dictKeyIdentity, equalValues, pythonTypeName } from './compare-values.ts';
export { copyValue } from './copy-value.ts';
export { dumpJson, type DumpJsonOptions } from './dump-json.ts';
export { commonErrors, type CommonErrorCode } from './errors.ts';
export { stampOf } from './event-stamp.ts';
export {
  createGuard,
  failpointNames,
  noFailpoints,
  withFailpoints,
  type DurableSteps,
  type Failpoints,
  type PortWith,
} from './failpoints.ts';
export { toFixedDecimals, toGeneral, toScientific } from './float-digits.ts';
export { formatFloat } from './format-float.ts';
export { formatProblem, formatProblems, formatSpan } from './format-problem.ts';
export { getDict } from './get-dict.ts';
export { createJidGenerator, jidStartTime, jidTime, parseJid, type Jid } from './jid.ts';
export {
  finalJobStatuses,
  type JobMessage,
  type ReturnerWish,
  type JobProgress,
  type JobReturn,
  type JobStatus,
  type OwnJob,
} from './job.ts';
export { callsOf, isCompound, type JobCall } from './job-calls.ts';
export { liftMarkedKeywords } from './marked-keywords.ts';
export { loadJson, type JsonOrigin } from './load-json.ts';
export { createLogger, silentLogger, type LogData, type Logger, type LogLevel } from './logger.ts';
export { decodeKeyClaims, encodeKeyClaims, type KeyClaims } from './key-claims.ts';
export { parseMinionId, type MinionId } from './minion-id.ts';
export type { Problem, SourceSpan } from './problem.ts';
export { pythonRepr, pythonStr } from './python-repr.ts';
export { resolveInside } from './resolve-inside.ts';
export { returnNames } from './return-names.ts';
export { setOrDelete } from './set-or-delete.ts';
export type { StateAnswer, StateRequest, StateRequestKind, StateRuns } from './state-runs.ts';
export type {
  Applied,
  Changes,
  CheckOutcome,
  ForetoldOutcome,
  StateFails,
  StateIsOk,
  StateWillChange,
} from './step-outcome.ts';
export { targetTypes, type Target, type TargetType } from './target.ts';
export { toPlain } from './to-plain.ts';
export {
  Float,
  isDict,
  isFloat,
  isInteger,
  toFloat,
  toValue,
  ValueSet,
  type Dict,
  type Plain,
  type Value,
} from './value.ts';
export { watchClock, type WatchedClock } from './watch-clock.ts';
export { decodeMessage, decodeValue, encodeMessage, encodeValue } from './wire/codec.ts';
export { maxWireBytes, maxWireDepth } from './wire/inspect-bytes.ts';
export { dumpYaml, type DumpYamlOptions } from './yaml/dump-yaml.ts';
export { loadYaml, type LoadYamlOptions, type YamlDocument } from './yaml/load-yaml.ts';
export type { YamlDialect } from './yaml/yaml-dialect.ts';
export type { YamlOrigin } from './yaml/yaml-source.ts';
export { getItem } from './get-item.ts';
export { aggregateValues, mergeValues, updateDict, type MergeOptions, type MergeStrategy } from './merge-values.ts';
export { parseArgument, parseArguments, type ParsedArguments } from './parse-arguments.ts';
export { traverse } from './traverse.ts';
export { compileGlob, matchGlob } from './match/glob.ts';
export { containsAddress, parseIpNetwork, type IpNetwork } from './match/ip-network.ts';
export { compileTarget, matchCompound, matchTarget, type MatchSubject, type TargetTest } from './match/match-target.ts';
export { missingArguments } from './missing-arguments.ts';
export { missingMinions } from './match/missing-minions.ts';
export { limitTime } from './match/limit-time.ts';
export { targetLooksAtPillar } from './match/target-looks-at-pillar.ts';
export { validateTarget, type MatchOptions } from './match/validate-target.ts';
export { compilePythonRegex } from './match/python-regex.ts';
export { brineVersion, compatibleSaltVersion } from './version.ts';
export type { OutputOptions } from './outputters/output-options.ts';
export { outputterNames, outputterProblem, renderOutput } from './outputters/render-output.ts';
export {
  controlSocketPath,
  loginSocketPath,
  readMasterSettings,
  userSocketPath,
  type MasterSettings,
} from './schemas/master-settings.ts';
export { readColorTheme } from './schemas/color-theme.ts';
export { redactLogger } from './redact/redact-logger.ts';
export { redactPlain, redactProblem } from './redact/redact-plain.ts';
export { createRedactor, openRedactor, type Redactor, type RedactorOptions, type Secret } from './redact/redactor.ts';
export { loginSecrets, namedSecrets, replaceSecretParts, textsIn } from './redact/secret-parts.ts';
export { soundsSecret } from './redact/sounds-secret.ts';
export { createRunSecrets, type RunSecrets } from './redact/run-secrets.ts';
