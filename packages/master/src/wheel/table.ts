import { applyKey, showValues, updateFile } from './config.ts';
import type { WheelDeclaration } from './define-wheel.ts';
import { connected, raiseError } from './general.ts';
import { accept, acceptDict, deleteDict, deleteKeys, reject, rejectDict } from './key-changes.ts';
import {
  finger,
  fingerMaster,
  generate,
  generateAccepted,
  keyText,
  listAll,
  listKeys,
  masterKeyText,
  nameMatch,
} from './key-lists.ts';
import { fileRootsFunctions, pillarRootsFunctions } from './roots.ts';

/** Every wheel function there is. */
export const wheelDeclarations: readonly WheelDeclaration[] = [
  ...[accept, acceptDict, deleteDict, deleteKeys, reject, rejectDict],
  ...[finger, fingerMaster, generate, generateAccepted, keyText, listAll, listKeys, masterKeyText, nameMatch],
  ...[applyKey, showValues, updateFile],
  ...[connected, raiseError],
  ...fileRootsFunctions,
  ...pillarRootsFunctions,
];
