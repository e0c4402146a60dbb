import { createRequire } from 'node:module';

/** Path of the runtime's executable for this machine; its package is CommonJS and brings no types. */
export const workerd: string = createRequire(import.meta.url)('workerd').default;
