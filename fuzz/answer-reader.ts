/** One HTTP answer, as it came over the wire. */
export interface Answer {
	readonly status: number;
	/** Names in lower case; the last of several. */
	readonly headers: ReadonlyMap<string, string>;
	readonly body: Buffer;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_LINE = Buffer.from('\r\n');

interface Head {
	readonly status: number;
	readonly headers: ReadonlyMap<string, string>;
	/** Bytes of the body; Infinity: until the connection ends; -1: chunked. */
	readonly length: number;
}

/** Reads one answer from pieces of a connection. Throws on what is not HTTP. */
export class AnswerReader {
	readonly #hasBody: boolean;
	#pending: Buffer = Buffer.alloc(0);
	#pieces: Buffer[] = [];
	#size = 0;
	#head: Head | null = null;

	/** `method` of the request: an answer to HEAD has no body. */
	constructor(method: string) {
		this.#hasBody = method !== 'HEAD';
	}

	/** The answer, once it is whole. */
	add(bytes: Buffer): Answer | null {
		if (this.#head !== null && this.#head.length >= 0) return this.#take(bytes);
		this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
		return this.#head === null ? this.#readHead() : this.#readChunks();
	}

	/** The connection has ended: the answer, if its end was to be told by that. */
	end(): Answer | null {
		return this.#head?.length === Number.POSITIVE_INFINITY ? this.#answer() : null;
	}

	get hasBegun(): boolean {
		return this.#head !== null || this.#pending.length > 0;
	}

	#readHead(): Answer | null {
		const end = this.#pending.indexOf(END_OF_HEAD);
		if (end === -1) return null;
		const head = headOf(this.#pending.subarray(0, end).toString('latin1'), this.#hasBody);
		const rest = this.#pending.subarray(end + END_OF_HEAD.length);
		this.#pending = Buffer.alloc(0);
		// 100 Continue and its like: the answer is still to come.
		if (head.status >= 200) this.#head = head;
		return rest.length > 0 || head.length === 0 ? this.add(rest) : null;
	}

	#take(bytes: Buffer): Answer | null {
		this.#pieces.push(bytes);
		this.#size += bytes.length;
		return this.#size >= (this.#head?.length ?? 0) ? this.#answer() : null;
	}

	#readChunks(): Answer | null {
		for (;;) {
			const end = this.#pending.indexOf(END_OF_LINE);
			if (end === -1) return null;
			const size = Number.parseInt(this.#pending.subarray(0, end).toString('latin1'), 16);
			if (!(size >= 0)) throw new Error('the answer has a chunk without a size');
			const start = end + END_OF_LINE.length;
			if (this.#pending.length < start + size + END_OF_LINE.length) return null;
			if (size === 0) return this.#answer();
			this.#pieces.push(this.#pending.subarray(start, start + size));
			this.#pending = this.#pending.subarray(start + size + END_OF_LINE.length);
		}
	}

	#answer(): Answer {
		const { status, headers, length } = this.#head as Head;
		const body = Buffer.concat(this.#pieces);
		// What follows is the answer to what the server took for the next request.
		return { status, headers, body: length >= 0 && length < body.length ? body.subarray(0, length) : body };
	}
}

function headOf(text: string, hasBody: boolean): Head {
	const [first = '', ...lines] = text.split('\r\n');
	const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]);
	if (!(status >= 100)) throw new Error(`the answer begins with ${JSON.stringify(first.slice(0, 80))}`);
	const headers = new Map<string, string>();
	for (const line of lines) {
		const colon = line.indexOf(':');
		headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
	}
	return { status, headers, length: lengthOf(status, headers, hasBody) };
}

function lengthOf(status: number, headers: ReadonlyMap<string, string>, hasBody: boolean): number {
	if (!hasBody || status === 204 || status === 304) return 0;
	if (headers.get('transfer-encoding') === 'chunked') return -1;
	const length = headers.get('content-length');
	return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}
