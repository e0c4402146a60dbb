import { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from '../durable-objects/env';
import { authenticate } from './auth';
import type { App } from './endpoint';
import { Problem, problemOf } from './problems';
import { browseRoutes } from './routes/browse';
import { deadLetterRoutes } from './routes/dead-letters';
import { keyRoutes } from './routes/keys';
import { metricsRoutes } from './routes/metrics';
import { operationRoutes } from './routes/operation';
import { publishRoutes } from './routes/publish';
import { queueRoutes } from './routes/queues';
import { receiveRoutes } from './routes/receive';
import { settleRoutes } from './routes/settle';
import { subscriptionRoutes } from './routes/subscriptions';
import { topicRoutes } from './routes/topics';

const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

/** All routes. There is no middleware: `endpoint` does what each of them needs. */
export function createApp(): App {
	const app: App = new OpenAPIHono<{ Bindings: Env }>();
	publishRoutes(app);
	receiveRoutes(app);
	settleRoutes(app);
	queueRoutes(app);
	topicRoutes(app);
	subscriptionRoutes(app);
	browseRoutes(app);
	deadLetterRoutes(app);
	keyRoutes(app);
	metricsRoutes(app);
	operationRoutes(app);
	app.onError((error) => problemOf(error).response());
	app.notFound(async (c) => {
		await authenticate(c.req.raw, c.env);
		throw noRoute(app, c.req.method, c.req.path);
	});
	return app;
}

/** 405 with the methods that there are, or 404. */
function noRoute(app: App, method: string, path: string): Problem {
	const known: string[] = METHODS.filter((candidate) => app.router.match(candidate, path)[0].length > 0);
	if (known.length === 0) {
		return new Problem('not_found', `There is nothing at ${path}. GET /openapi.json lists the routes.`);
	}
	if (known.includes('GET')) known.push('HEAD');
	const allow = known.join(', ');
	return new Problem('method_not_allowed', `${path} takes ${allow}, not ${method}.`, { headers: { allow } });
}
