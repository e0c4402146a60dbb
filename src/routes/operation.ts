import { z } from '@hono/zod-openapi';
import { type App, endpoint, ok } from '../endpoint';

const INFO = {
	openapi: '3.1.0',
	info: {
		title: 'Sluice',
		version: '1',
		description:
			'A message queue on Cloudflare Workers. JSON in and out, durations in seconds, instants ISO 8601, errors as ' +
			'RFC 9457 problems with a stable `code`.',
		license: { name: 'MIT', identifier: 'MIT' },
	},
};

/** The health check and the document of all routes. */
export function operationRoutes(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/healthz',
			tag: 'Operation',
			summary: 'Is Sluice up and configured?',
			access: 'open',
			answers: { 200: { description: 'It is.', schema: z.object({ status: z.literal('ok') }) } },
			problems: ['not_configured'],
		},
		() => ok({ status: 'ok' }),
	);
	app.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
	let document: string | undefined;
	endpoint(
		app,
		{
			method: 'get',
			path: '/openapi.json',
			tag: 'Operation',
			summary: 'This document',
			access: 'any',
			answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({}) } },
		},
		() => {
			document ??= JSON.stringify(app.getOpenAPI31Document(INFO));
			return new Response(document, { headers: { 'content-type': 'application/json' } });
		},
	);
}
