import { isRefusal, type Refusal, type RefusalCode } from '../durable-objects/protocol';

interface Kind {
	readonly status: number;
	readonly title: string;
}

/** Total over the refusals of the objects: a new one does not compile until it has a status here. */
const REFUSALS: Readonly<Record<RefusalCode, Kind>> = {
	queue_not_found: { status: 404, title: 'No such queue' },
	queue_exists: { status: 409, title: 'The queue is there already' },
	queue_in_use: { status: 409, title: 'The queue is in use' },
	queue_not_empty: { status: 409, title: 'The queue is not empty' },
	invalid_dead_letter: { status: 400, title: 'The dead-letter queue is not valid' },
	too_many_queues: { status: 409, title: 'Too many queues' },
	settings_stale: { status: 503, title: 'It is being changed' },
	overloaded: { status: 503, title: 'Too many requests for one object' },
	backlog_full: { status: 429, title: 'The queue or topic is full' },
	too_many_in_flight: { status: 429, title: 'Too many messages in flight' },
	too_many_waiters: { status: 429, title: 'Too many waiting receivers' },
	message_not_found: { status: 404, title: 'No such message' },
	redrive_running: { status: 409, title: 'A redrive is already running' },
	redrive_not_found: { status: 404, title: 'No such redrive' },
	redrive_without_origin: { status: 409, title: 'Nowhere to redrive to' },
	courier_busy: { status: 503, title: 'The courier is busy' },
	topic_not_found: { status: 404, title: 'No such topic' },
	topic_exists: { status: 409, title: 'The topic is there already' },
	topic_in_use: { status: 409, title: 'The topic is in use' },
	topic_layout_fixed: { status: 409, title: 'Partitions and location of a topic do not change' },
	too_many_topics: { status: 409, title: 'Too many topics' },
	subscription_not_found: { status: 404, title: 'No such subscription' },
	subscription_exists: { status: 409, title: 'The subscription is there already' },
	too_many_subscriptions: { status: 409, title: 'Too many subscriptions' },
	filters_too_large: { status: 409, title: 'The filters of the topic are too large' },
	ambiguous_sequence: { status: 400, title: 'The sequence number names no place' },
	annotations_too_large: { status: 413, title: 'The annotations are too large' },
	key_not_found: { status: 404, title: 'No such key' },
	too_many_keys: { status: 409, title: 'Too many keys' },
};

/** What the edge itself refuses, before any object is asked, and what it says when an object fails. */
const EDGE = {
	invalid_request: { status: 400, title: 'The request is not valid' },
	invalid_json: { status: 400, title: 'The body is not JSON' },
	invalid_receipt: { status: 400, title: 'The receipt is not valid' },
	unauthenticated: { status: 401, title: 'A valid key is needed' },
	forbidden: { status: 403, title: 'The key may not do this' },
	not_found: { status: 404, title: 'No such route' },
	method_not_allowed: { status: 405, title: 'The route has no such method' },
	body_too_large: { status: 413, title: 'The body is too large' },
	message_too_large: { status: 413, title: 'The message is too large' },
	internal_error: { status: 500, title: 'Something went wrong in Sluice' },
	not_configured: { status: 503, title: 'Sluice has no root key yet' },
	unavailable: { status: 503, title: 'An object did not answer' },
} as const satisfies Record<string, Kind>;

export type EdgeCode = keyof typeof EDGE;
export type ProblemCode = EdgeCode | RefusalCode;

const KINDS: Readonly<Record<ProblemCode, Kind>> = { ...REFUSALS, ...EDGE };

export const PROBLEM_CODES = Object.keys(KINDS) as readonly ProblemCode[];

/** One thing that is wrong with a request, and where: in the body (`pointer`), the address or a header. */
export interface Fault {
	readonly detail: string;
	/** JSON pointer into the body, as a fragment: `#/messages/3/delaySeconds`. */
	readonly pointer?: string;
	/** Name of a query or path parameter. */
	readonly parameter?: string;
	readonly header?: string;
}

/** RFC 9457. */
export interface ProblemBody {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly detail: string;
	readonly code: ProblemCode;
	readonly pointer?: string;
	readonly errors?: readonly Fault[];
}

interface Extra {
	readonly errors?: readonly Fault[];
	/** Present where trying the same again helps. */
	readonly retryAfterMs?: number;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a request with a problem: thrown in the edge only, never across RPC. */
export class Problem extends Error {
	constructor(
		readonly code: ProblemCode,
		readonly detail: string,
		readonly extra: Extra = {},
	) {
		super(detail);
	}

	static of(refusal: Refusal): Problem {
		const { refused, detail, retryAfterMs } = refusal;
		return new Problem(refused, detail, retryAfterMs === undefined ? {} : { retryAfterMs });
	}

	body(): ProblemBody {
		const { code, detail } = this;
		const { status, title } = KINDS[code];
		const errors = this.extra.errors;
		const pointer = errors?.[0]?.pointer;
		return {
			type: `urn:sluice:problem:${code}`,
			title,
			status,
			detail,
			code,
			...(pointer === undefined ? {} : { pointer }),
			...(errors === undefined ? {} : { errors }),
		};
	}

	response(): Response {
		const headers = new Headers({ 'content-type': 'application/problem+json', ...this.extra.headers });
		const { retryAfterMs } = this.extra;
		if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
		return new Response(JSON.stringify(this.body()), { status: KINDS[this.code].status, headers });
	}
}

/** The value, or the refusal as a problem. */
export function orProblem<T>(value: T | Refusal): T {
	if (isRefusal(value)) throw Problem.of(value);
	return value;
}

/** Any failure of a request as a problem; what is not expected is logged and says nothing of the inside. */
export function problemOf(error: unknown): Problem {
	if (error instanceof Problem) return error;
	console.error(error);
	return new Problem(
		'internal_error',
		'The request failed for a reason that is logged; whether it took effect is unknown.',
	);
}
