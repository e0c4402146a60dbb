import { Problem } from './problems';

/** What the runtime puts on an error that came from a Durable Object or from the way to it. */
interface ObjectError {
	readonly overloaded?: boolean;
	readonly retryable?: boolean;
	readonly durableObjectReset?: boolean;
}

/** `repeatable`: asking again changes nothing more. `once`: asking again could do it twice. */
export type Repeat = 'repeatable' | 'once';

const OVERLOADED_RETRY_MS = 2_000;
const UNAVAILABLE_RETRY_MS = 1_000;

/**
 * Calls an object. `call` takes a new stub each time: one is broken after an exception. What can be asked again is,
 * once; else a lost connection is a problem that says that the outcome is unknown. Anything else is a bug and passes.
 */
export async function reach<T>(repeat: Repeat, call: () => Promise<T>, hint = ''): Promise<T> {
	try {
		return await call();
	} catch (error) {
		const problem = objectProblem(error, hint);
		if (problem === null) throw error;
		if (repeat === 'once' || problem.code === 'overloaded') throw problem;
	}
	try {
		return await call();
	} catch (error) {
		throw objectProblem(error, hint) ?? error;
	}
}

/** The problem for an object that is overloaded, was reset or could not be reached; null for any other error. */
export function objectProblem(error: unknown, hint = ''): Problem | null {
	if (!(error instanceof Error)) return null;
	const { overloaded, retryable, durableObjectReset } = error as ObjectError;
	// A storage operation that timed out is both: the object was reset, so that the outcome is unknown.
	if (overloaded && !durableObjectReset) {
		const detail = 'More requests come than one of the partitions can take: slow down, batch, or add partitions.';
		return new Problem('overloaded', detail, { retryAfterMs: OVERLOADED_RETRY_MS });
	}
	if (!retryable && !durableObjectReset && !LOST.test(error.message)) return null;
	const detail = `The connection to an object was lost, and whether this took effect is unknown. ${hint}`.trimEnd();
	return new Problem('unavailable', detail, { retryAfterMs: UNAVAILABLE_RETRY_MS });
}

/**
 * Errors that carry no flag (Cloudflare, "Troubleshooting Durable Objects"); and what an object says that still runs the code from
 * before a deploy, and lacks what that did not have.
 */
const LOST = /^(Connection closed: this Durable Object|internal error; reference)|does not implement the method/;
