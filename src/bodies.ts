import { Problem } from './problems';

/** Bytes of a JSON body that carries no messages: 100 receipts with their reasons fit several times over. */
export const CONTROL_BYTES = 1_048_576;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The body of at most `limit` bytes. One that says it is larger is refused unread; one that does not say its
 * length is cut off as soon as it passes the bound, so no more than that is ever held.
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
	try {
		return await readWithin(request, limit);
	} catch (error) {
		if (error instanceof Problem) throw error;
		// The runtime tells of a client that left and of one that frames its body wrongly with the same error.
		throw new Problem('invalid_request', 'The body broke off, or is not framed as HTTP asks; nothing was done.');
	}
}

async function readWithin(request: Request, limit: number): Promise<Uint8Array> {
	const length = request.headers.get('content-length');
	if (length !== null && !request.headers.has('transfer-encoding')) {
		if (Number(length) > limit) throw tooLarge(limit);
		return new Uint8Array(await request.arrayBuffer());
	}
	return request.body === null ? new Uint8Array(0) : await readStream(request.body, limit);
}

async function readStream(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
	const reader = stream.getReader();
	const chunks: Uint8Array[] = [];
	let size = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) break;
		size += value.byteLength;
		if (size > limit) {
			// Not awaited: a client that goes on sending must not hold up its refusal.
			reader.cancel().catch(() => {});
			throw tooLarge(limit);
		}
		chunks.push(value);
	}
	if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
	const whole = new Uint8Array(size);
	let offset = 0;
	for (const chunk of chunks) {
		whole.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return whole;
}

/** The body as JSON; no body at all reads as `{}`. The content type is not asked: `curl -d` sends a wrong one. */
export async function readJson(request: Request, limit: number): Promise<unknown> {
	const bytes = await readBytes(request, limit);
	if (bytes.byteLength === 0) return {};
	const text = decodeText(bytes);
	if (text === null) throw new Problem('invalid_json', 'The body is not valid UTF-8.');
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new Problem('invalid_json', `The body is not valid JSON: ${error instanceof Error ? error.message : error}.`);
	}
}

/** UTF-8 to text without losing a byte (a byte order mark stays), or null where the bytes are something else. */
export function decodeText(bytes: Uint8Array): string | null {
	try {
		return utf8.decode(bytes);
	} catch {
		return null;
	}
}

function tooLarge(limit: number): Problem {
	return new Problem('body_too_large', `The body may have at most ${limit} bytes on this route.`);
}
