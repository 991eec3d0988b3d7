export {};
export { minionErrors } from './errors.ts';
