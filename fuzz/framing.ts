import type { Step } from './wire.ts';

/** The head of a request without what tells its body's length, each line with its end. */
export interface Head {
	readonly method: string;
	readonly target: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
}

/** How a request goes over the wire. */
export interface Frame {
	/** It is HTTP, so that it must be answered by Sluice; else the server may refuse it in its own words, or hang up. */
	readonly isHttp: boolean;
	/** The body arrives as it was meant. */
	readonly keepsBody: boolean;
	readonly keepsConnection: boolean;
	readonly steps: (head: Head, body: Uint8Array | null) => Step[];
}

const EMPTY = new Uint8Array(0);
const TINY = 7;
/** A slow body costs its client a millisecond a byte. */
const SLOW_BYTES = 150;

/** Names and values are Latin-1, the target is UTF-8. */
function text({ method, target, headers }: Head, more: readonly string[] = [], version = 'HTTP/1.1', eol = '\r\n') {
	const lines = [...headers.map(([name, value]) => `${name}: ${value}`), ...more];
	return Buffer.concat([
		Buffer.from(`${method} ${target} ${version}${eol}`, 'utf8'),
		Buffer.from(lines.map((line) => line + eol).join('') + eol, 'latin1'),
	]);
}

function length(body: Uint8Array | null): string[] {
	return body === null ? [] : [`content-length: ${body.byteLength}`];
}

function chunks(body: Uint8Array | null, size: number): Buffer {
	const pieces: Buffer[] = [];
	const whole = body ?? EMPTY;
	for (let at = 0; at < whole.byteLength; at += size) {
		const piece = whole.subarray(at, at + size);
		pieces.push(Buffer.from(`${piece.byteLength.toString(16)}\r\n`), Buffer.from(piece), Buffer.from('\r\n'));
	}
	return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

function byteByByte(bytes: Uint8Array): Step[] {
	const start = Math.max(0, bytes.byteLength - SLOW_BYTES);
	const slow = Array.from(bytes.subarray(start), (_, index): Step[] => [
		bytes.subarray(start + index, start + index + 1),
		{ pauseMs: 1 },
	]);
	return [bytes.subarray(0, start), ...slow.flat()];
}

const CHUNKED = 'transfer-encoding: chunked';

function good(steps: Frame['steps'], keepsConnection = true): Frame {
	return { isHttp: true, keepsBody: true, keepsConnection, steps };
}

/** The body does not arrive, or not as it was; `isHttp`: but that is for Sluice to find out. */
function bad(steps: Frame['steps'], isHttp = false): Frame {
	return { isHttp, keepsBody: false, keepsConnection: false, steps };
}

/** Goes out with these lines in its head instead of a length, and then the client ends its half. */
function lying(...lines: string[]): Frame {
	return bad((head, body) => [text(head, lines), body ?? EMPTY, { pauseMs: 50 }, 'end']);
}

export const FRAMES = {
	length: good((head, body) => [text(head, length(body)), body ?? EMPTY]),
	chunked: good((head, body) => [text(head, [CHUNKED]), chunks(body, 8_192)]),
	'tiny chunks': good((head, body) => [text(head, [CHUNKED]), chunks(body, TINY)]),
	'a byte at a time': good((head, body) => [text(head, length(body)), ...byteByByte(body ?? EMPTY)], false),
	'a head byte by byte': good((head, body) => [...byteByByte(text(head, length(body))), body ?? EMPTY], false),
	'chunks byte by byte': good((head, body) => [text(head, [CHUNKED]), ...byteByByte(chunks(body, TINY))], false),
	'expects 100': good((head, body) => [
		text(head, [...length(body), 'expect: 100-continue']),
		{ pauseMs: 5 },
		body ?? EMPTY,
	]),
	'HTTP/1.0': good((head, body) => [text(head, length(body), 'HTTP/1.0'), body ?? EMPTY], false),
	'connection: close': good((head, body) => [text(head, [...length(body), 'connection: close']), body ?? EMPTY], false),
	'no length': bad((head) => [text(head)], true),
	'declares less': bad((head, body) => [
		text(head, [`content-length: ${Math.max(0, (body?.byteLength ?? 0) - 1)}`]),
		body ?? EMPTY,
	]),
	'cut off': bad((head, body) => [
		text(head, length(body)),
		(body ?? EMPTY).subarray(0, (body?.byteLength ?? 0) / 2),
		{ pauseMs: 5 },
		'vanish',
	]),
	'cut off in a chunk': bad((head, body) => {
		const all = chunks(body, 8_192);
		return [text(head, [CHUNKED]), all.subarray(0, all.byteLength / 2), { pauseMs: 5 }, 'vanish'];
	}),
	'cut off in its head': bad((head) => [text(head).subarray(0, 40), { pauseMs: 5 }, 'vanish']),
	'vanishes at once': bad((head, body) => [text(head, length(body)), body ?? EMPTY, 'vanish']),
	'ends its half': bad((head, body) => [text(head, length(body)), body ?? EMPTY, 'end']),
	'declares more': bad((head, body) => [
		text(head, [`content-length: ${(body?.byteLength ?? 0) + 10}`]),
		body ?? EMPTY,
		{ pauseMs: 100 },
		'end',
	]),
	'declares both': bad((head, body) => [
		text(head, [...length(body ?? EMPTY), CHUNKED]),
		chunks(body, 8_192),
		{ pauseMs: 50 },
		'end',
	]),
	'two lengths': lying('content-length: 1', 'content-length: 2'),
	'a negative length': lying('content-length: -1'),
	'a length that is text': lying('content-length: many'),
	'a length with a sign': lying('content-length: +2'),
	'a length beyond counting': lying('content-length: 99999999999999999999'),
	'a length of a terabyte': lying('content-length: 1099511627776'),
	'an unknown transfer encoding': lying('transfer-encoding: gzip, chunked'),
	'a bad chunk size': bad((head) => [text(head, [CHUNKED]), Buffer.from('zz\r\n{}\r\n0\r\n\r\n'), 'end']),
	'a huge chunk size': bad((head) => [
		text(head, [CHUNKED]),
		Buffer.from('ffffffffffffffff\r\n{}\r\n'),
		{ pauseMs: 50 },
		'end',
	]),
	'line feeds alone': bad((head, body) => [text(head, length(body), 'HTTP/1.1', '\n'), body ?? EMPTY, 'end']),
	'HTTP/2 in the clear': bad(() => [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 'end']),
	'HTTP/9.9': bad((head, body) => [text(head, length(body), 'HTTP/9.9'), body ?? EMPTY, 'end']),
	'a TLS hello': bad(() => [Buffer.from('16030100c8010000c40303', 'hex'), { pauseMs: 20 }, 'end']),
	nothing: bad(() => ['end']),
} satisfies Record<string, Frame>;

export type Framing = keyof typeof FRAMES;

export const FRAMINGS = Object.keys(FRAMES) as readonly Framing[];
