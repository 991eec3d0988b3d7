export { modulesErrors, type ModulesErrorCode } from './errors.ts';
export {
  callFunction,
  findFunction,
  runFunction,
  type FunctionAnswer,
  type FunctionCall,
} from './functions/call-function.ts';
export { describeFunction } from './functions/describe-function.ts';
export { functionTable } from './functions/table.ts';
export { collectGrains, type GrainCollection } from './grains/collect-grains.ts';
export {
  collectCustomGrains,
  disabledGrainModules,
  type CustomGrainCollection,
  type CustomGrains,
} from './grains/custom/collect-custom-grains.ts';
export { partGrains } from './grains/custom/firm-grains.ts';
export { createLocalMachine } from './grains/local-machine.ts';
export { followProgram } from './host/local/follow-program.ts';
export { limitingHost, readProgramLimits, type ProgramLimits } from './host/limiting-host.ts';
export { createLocalHost } from './host/local/local-host.ts';
export { stateTable } from './states/table.ts';
export { grainTable } from './grains/table.ts';
export { planGrainSync, type GrainSyncPlan, type GrainSyncRequest } from './providers/saltutil/grain-sync.ts';
export { diffTexts } from './providers/text/unified-diff.ts';
export { describeConnectionFailure } from './providers/http/connection-failure.ts';
export { openServer, tooManyRedirects } from './providers/http/open-server.ts';
export { createGpgDecrypt } from './providers/gpg/gpg-decrypt.ts';
export {
  createKeyPair as createSealingKeys,
  keyLength as sealingKeyLength,
  seal as sealFor,
  unseal as openSealed,
  type NaclKeyPair as SealingKeys,
} from './providers/nacl/boxes.ts';
export { createNaclDecrypt } from './functions/nacl/nacl-decrypt.ts';
export {
  readBeaconSettings,
  validateBeacon,
  withoutLoopKeys,
  type BeaconContext,
  type BeaconDeclaration,
  type BeaconProbe,
} from './beacons/beacon.ts';
export { beaconTable } from './beacons/table.ts';
