/** The Worker as it is deployed, and one more class for tests that want a bare database. */
export * from '../src/index';
export { default } from '../src/index';
export { Scratch } from './scratch';
