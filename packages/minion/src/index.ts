export { minionErrors } from './errors.ts';
