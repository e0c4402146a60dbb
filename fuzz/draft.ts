import type { Prng } from '../test/simulation/prng.ts';
import type { Operation } from './document.ts';
import type { Framing } from './framing.ts';
import type { Knowledge } from './knowledge.ts';
import type { Schemas } from './schema.ts';

/** Which key a request carries. `narrow`: may do everything, to names of the fuzzer's own only. */
export type KeyKind = 'narrow' | 'root' | 'publisher' | 'revoked' | 'wrong' | 'malformed' | 'none';

/** A request in the making, of whichever API: a good one first, which twists then change. */
export interface WireDraft {
	method: string;
	/** Percent-encoded as it goes out, the query apart and without its mark. */
	path: string;
	query: string;
	/** A character is a byte. */
	headers: [name: string, value: string][];
	/** A JSON body, until it has become `bytes`. */
	json: unknown;
	bytes: Uint8Array | null;
	framing: Framing;
	twists: string[];
	/** What the path leads to is not the operation that was meant any more. */
	isAstray: boolean;
	/** Not a request that a server must read as HTTP: it may say so in its own words, or hang up. */
	isBrokenHttp: boolean;
	/** Why it must not be answered with success. */
	mustFail: string | null;
}

/** One to a route of the OpenAPI document. */
export interface Draft extends WireDraft {
	readonly operation: Operation;
	/** The queue of the path, or of the fuzzer's at random. */
	readonly queue: string;
	key: KeyKind;
	/** Names something that only the root key may have: it must not be sent with that. */
	isForged: boolean;
}

export interface Circumstances {
	readonly random: Prng;
	readonly knowledge: Knowledge;
	readonly schemas: Schemas;
	/** Nothing is twisted; absent: as it falls. */
	readonly isGood?: boolean;
}

/** Changes a draft; says what it did, or null where it does not apply. */
export type Twist<Of = Draft, In = Circumstances> = (draft: Of, circumstances: In) => string | null;

/** One for requests of either API. */
export type WireTwist = Twist<WireDraft, Pick<Circumstances, 'random'>>;
