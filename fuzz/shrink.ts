import type { Request } from './request.ts';

/** Requests sent at most for one violation. */
const TRIES = 60;

/** The smallest request found that `fails` still holds for: fewer headers, less of a query, less of a body. */
export async function shrink(request: Request, fails: (smaller: Request) => Promise<boolean>): Promise<Request> {
	let smallest = request;
	let tries = 0;
	for (let isProgress = true; isProgress; ) {
		isProgress = false;
		for (const smaller of smallerThan(smallest)) {
			if (tries++ >= TRIES) return smallest;
			if (!(await fails(smaller))) continue;
			smallest = smaller;
			isProgress = true;
			break;
		}
	}
	return smallest;
}

function* smallerThan(request: Request): Generator<Request> {
	const { framing, headers, target, body } = request;
	if (framing !== 'length') yield { ...request, framing: 'length' };
	if (headers.length > 1) yield { ...request, headers: headers.slice(0, headers.length / 2) };
	for (const header of headers.slice(0, 8)) yield { ...request, headers: headers.filter((other) => other !== header) };
	const mark = target.indexOf('?');
	if (mark !== -1) yield { ...request, target: target.slice(0, mark) };
	if (body === null) return;
	for (const smaller of smallerBodies(body)) yield { ...request, body: smaller };
}

function* smallerBodies(body: Uint8Array): Generator<Uint8Array> {
	try {
		for (const value of smallerValues(JSON.parse(Buffer.from(body).toString()))) {
			yield Buffer.from(JSON.stringify(value));
		}
	} catch {
		for (const part of [2, 4, 8]) {
			const size = Math.ceil(body.byteLength / part);
			if (size >= body.byteLength) continue;
			for (let at = 0; at < body.byteLength; at += size) {
				yield Buffer.concat([body.subarray(0, at), body.subarray(at + size)]);
			}
		}
	}
}

/** With one field or entry less, at any depth, or a text half as long. */
function* smallerValues(value: unknown): Generator<unknown> {
	if (typeof value === 'string' && value.length > 8) yield value.slice(0, value.length / 2);
	if (typeof value !== 'object' || value === null) return;
	const isList = Array.isArray(value);
	for (const name of Object.keys(value).slice(0, 50)) {
		const rest = Object.entries(value).filter(([other]) => other !== name);
		yield isList ? rest.map(([, entry]) => entry) : Object.fromEntries(rest);
	}
	for (const [name, within] of Object.entries(value).slice(0, 50)) {
		for (const smaller of smallerValues(within)) {
			const entries = Object.entries(value).map(([other, entry]) => [other, other === name ? smaller : entry] as const);
			yield isList ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
		}
	}
}
