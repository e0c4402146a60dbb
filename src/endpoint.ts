import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AccessAction } from '../durable-objects/catalog-protocol';
import type { Env } from '../durable-objects/env';
import { authenticate, authorize, authorizeRoot, type Caller } from './auth';
import { CONTROL_BYTES, readJson } from './bodies';
import { keyringOf } from './keyring';
import type { ProblemCode } from './problems';
import { queryOf } from './query';
import { type NoFields, ProblemAnswer } from './schemas/common';
import { invalid, validated } from './validation';

export type App = OpenAPIHono<{ Bindings: Env }>;

/** Who may ask: nobody in particular, anyone with a key, a key with this action for the queue or topic, only the root key. */
export type Access = 'open' | 'any' | AccessAction | 'root';

interface Answer {
	readonly description: string;
	readonly schema?: z.ZodType;
	readonly contentType?: string;
}

/** A route: what it takes and answers. The same schemas validate and are documented. */
export interface Definition<P extends z.ZodObject, Q extends z.ZodType, B extends z.ZodType> {
	readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete';
	/** OpenAPI notation: `/v1/queues/{queue}`. */
	readonly path: string;
	readonly tag: string;
	readonly summary: string;
	readonly description?: string;
	readonly access: Access;
	readonly params?: P;
	readonly query?: Q;
	/** A JSON body. `raw`: the handler reads it itself. */
	readonly body?: B | 'raw';
	readonly bodyBytes?: number;
	/** Knows most bodies at a glance: answers what the schema would, or null to have the schema look. */
	readonly glance?: (body: unknown) => z.output<B> | null;
	readonly answers: Readonly<Record<number, Answer>>;
	/** Beyond those that every route has. */
	readonly problems?: readonly ProblemCode[];
}

/** A request that has passed authentication and validation. */
export interface Call<P, Q, B> {
	readonly request: Request;
	readonly env: Env;
	readonly caller: Caller;
	readonly params: P;
	readonly query: Q;
	readonly body: B;
}

/** What a path is about: a queue or a topic; a permission covers the names of both alike. */
interface Named {
	readonly queue?: string;
	readonly topic?: string;
}

type Handler<P, Q, B> = (call: Call<P, Q, B>) => Response | Promise<Response>;

const OPEN: Caller = Object.freeze({ name: 'nobody', scope: { actions: [], patterns: [] } });

/**
 * Adds a route. All of its steps are in one handler, in this order: key, path, permission, query, body; Hono then
 * runs no chain of middleware, and a request that may not pass costs no more than it must.
 */
export function endpoint<
	P extends z.ZodObject = typeof NoFields,
	Q extends z.ZodType = typeof NoFields,
	B extends z.ZodType = typeof NoFields,
>(app: App, definition: Definition<P, Q, B>, handler: Handler<z.output<P>, z.output<Q>, z.output<B>>): void {
	const { method, path, access, params, query, body, bodyBytes = CONTROL_BYTES, glance } = definition;
	document(app, definition);
	const noQuery = query === undefined ? undefined : query.safeParse({}).data;
	const bodyOf = async (request: Request): Promise<z.output<B>> => {
		if (body === undefined || body === 'raw') return undefined as z.output<B>;
		const json = await readJson(request, bodyBytes);
		return glance?.(json) ?? (validated(body, json, 'body') as z.output<B>);
	};
	app.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c: Context<{ Bindings: Env }>) => {
		const request = c.req.raw;
		const caller = access === 'open' ? openTo(c.env) : await authenticate(request, c.env);
		const parameters = params === undefined ? {} : validated(params, c.req.param(), 'path');
		permit(caller, access, (parameters as Named).queue ?? (parameters as Named).topic);
		return handler({
			request,
			env: c.env,
			caller,
			params: parameters as z.output<P>,
			query: queryFor(request.url, query, noQuery) as z.output<Q>,
			body: await bodyOf(request),
		});
	});
}

/** Even what is open is not there before Sluice has a root key. */
function openTo(env: Env): Caller {
	keyringOf(env);
	return OPEN;
}

function permit(caller: Caller, access: Access, name: string | undefined): void {
	if (access === 'root') authorizeRoot(caller);
	else if (access !== 'any' && access !== 'open') authorize(caller, access, name);
}

function queryFor(url: string, schema: z.ZodType | undefined, empty: unknown): unknown {
	const values = queryOf(url);
	if (values === null) return empty;
	if (schema !== undefined) return validated(schema, values, 'query');
	const [unknown] = Object.keys(values);
	if (unknown !== undefined) {
		throw invalid([{ detail: `${unknown} is not a known parameter: this route has none`, parameter: unknown }]);
	}
	return empty;
}

function document(app: App, definition: Definition<z.ZodObject, z.ZodType, z.ZodType>): void {
	const { method, path, tag, summary, description, access, params, query, body, answers, problems = [] } = definition;
	const bodyCodes = body === undefined ? [] : body === 'raw' ? ['body_too_large'] : ['invalid_json', 'body_too_large'];
	const own = [
		'invalid_request',
		...bodyCodes,
		'unauthenticated',
		'forbidden',
		...problems,
		'overloaded',
		'unavailable',
	];
	const codes = [...new Set(own)];
	app.openAPIRegistry.registerPath({
		method,
		path,
		tags: [tag],
		summary,
		...(description === undefined ? {} : { description }),
		security: access === 'open' ? [] : [{ key: [] }],
		request: {
			...(params === undefined ? {} : { params }),
			...(query === undefined ? {} : { query: query as z.ZodObject }),
			...(body === undefined ? {} : { body: { content: bodyContent(body) } }),
		},
		responses: {
			...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, documentedAnswer(answer)])),
			default: {
				description: `A problem. Codes: ${codes.join(', ')}.`,
				content: { 'application/problem+json': { schema: ProblemAnswer } },
			},
		},
	});
}

function bodyContent(body: z.ZodType | 'raw') {
	if (body !== 'raw') return { 'application/json': { schema: body } };
	return { '*/*': { schema: z.string().openapi({ format: 'binary', description: 'The message itself.' }) } };
}

function documentedAnswer({ description, schema, contentType = 'application/json' }: Answer) {
	return schema === undefined ? { description } : { description, content: { [contentType]: { schema } } };
}

/** Shared by all answers, so that none is built on the hot path. */
const JSON_OK: ResponseInit = { status: 200, headers: { 'content-type': 'application/json' } };
const JSON_CREATED: ResponseInit = { status: 201, headers: { 'content-type': 'application/json' } };

export function ok(value: unknown): Response {
	return okText(JSON.stringify(value));
}

/** What is JSON already. */
export function okText(json: string): Response {
	return new Response(json, JSON_OK);
}

export function created(value: unknown): Response {
	return new Response(JSON.stringify(value), JSON_CREATED);
}
