import { createApp } from './app';

export { Catalog } from '../durable-objects/catalog';
export { Partition } from '../durable-objects/partition';
export { TopicPartition } from '../durable-objects/topic';

const app = createApp();

export default { fetch: app.fetch };
