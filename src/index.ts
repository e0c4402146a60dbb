import { createApp } from './app';

export { Catalog } from '../durable-objects/catalog';
export { Partition } from '../durable-objects/partition';

const app = createApp();

export default { fetch: app.fetch };
