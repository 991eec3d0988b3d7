import type { GrainDeclaration } from '../kit/define-grain.ts';
import { disks, firmware, graphics, lvm, memory, processor } from './hardware.ts';
import { interfaces, resolver, routes } from './interfaces.ts';
import { kernel } from './kernel.ts';
import { minion } from './minion.ts';
import { names } from './names.ts';
import { os } from './os.ts';
import { identity, locale, ownProcess } from './process.ts';
import { init, selinux, systemd, transactional } from './system.ts';
import { virtual } from './virtual.ts';

/** Every built-in grain collector. They all run at every collection, so they are loaded together. */
export const grainTable: readonly GrainDeclaration[] = [
  minion,
  kernel,
  os,
  init,
  systemd,
  selinux,
  transactional,
  processor,
  memory,
  disks,
  graphics,
  lvm,
  firmware,
  virtual,
  names,
  interfaces,
  routes,
  resolver,
  ownProcess,
  locale,
  identity,
];
