import { env, exports } from 'cloudflare:workers';
import { type CopyOf, type Refusal, refuse } from '../../durable-objects/protocol';

/** A message as far as names are found by it. */
export interface Seen {
	readonly id: string;
	readonly body: string;
	readonly copyOf?: CopyOf;
}

/** The API as a script's player needs it: JSON in, the engine's shape out. `path`: below its root. */
export async function call(
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<unknown> {
	const response = await exports.default.fetch(`https://sluice.test/v1/${path}`, {
		method,
		headers: {
			authorization: `Bearer ${env.SLUICE_ROOT_KEY}`,
			...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
			...headers,
		},
		...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
	const answer = inEngineShape(await response.json());
	if (response.ok) return answer;
	const { code, detail } = answer as { code: Refusal['refused']; detail: string };
	if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${code}: ${detail}`);
	return refuse(code, detail);
}

/** Instants as milliseconds; null as absent, except where the engine says null too. */
function inEngineShape(value: unknown, name = ''): unknown {
	if (Array.isArray(value)) return value.map((entry) => inEngineShape(entry));
	if (typeof value === 'string' && (name.endsWith('At') || name === 'at' || name === 'until')) return Date.parse(value);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).map(([key, entry]) => [key, inEngineShape(entry, key)] as const);
	const kept = Object.fromEntries(entries.filter(([key, entry]) => entry !== null || KEPT_NULLS.has(key)));
	return 'attributes' in kept ? withSource(kept) : kept;
}

const KEPT_NULLS: ReadonlySet<string> = new Set(['leaseExpiresAt', 'receipt', 'oldestAgeSeconds', 'next']);

/** Whose copy a message is stands in attributes. */
function withSource(message: Record<string, unknown>): Record<string, unknown> {
	const {
		'sluice-topic': topic,
		'sluice-source-id': id,
		'sluice-replay': isReplay,
		...attributes
	} = message.attributes as Record<string, string>;
	if (topic === undefined) return message;
	return { ...message, attributes, copyOf: { topic, id, ...(isReplay === 'true' ? { isReplay: true } : {}) } };
}
