import type { Env } from '../durable-objects/env';
import { createApp } from './app';
import { answerAws, isAws } from './aws/aws';

export { Catalog } from '../durable-objects/catalog';
export { Partition } from '../durable-objects/partition';
export { TopicPartition } from '../durable-objects/topic';

const app = createApp();

export default {
	fetch: (request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> =>
		isAws(request) ? answerAws(request, env) : app.fetch(request, env, context),
};
