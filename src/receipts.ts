/// <reference lib="esnext.typedarrays" />
import { createHmac } from 'node:crypto';
import { hash } from 'siphash';
import type { Lease, Queue } from '../durable-objects/protocol';
import type { Keyring, Root } from './keyring';

/** A lease and the partition that it is in. */
export interface Located {
	readonly partition: number;
	readonly lease: Lease;
	/** Set where the receipt stands for so many leases, one after the other; the lease is the first. */
	readonly count?: number;
}

/** Leases one after the other, at the same attempt: at most `MOST_IN_RUN`. */
export interface Leases extends Lease {
	/** Absent: one. */
	readonly count?: number;
}

/** Texts that stand for leases: one for each, and as few as stand for all of them. */
export interface Receipts {
	readonly each: readonly string[];
	readonly all: readonly string[];
}

/**
 * Messages that one receive hands out one after the other, at the same attempt, form a run. A receipt names its message
 * and its run, or all of its run; the seal is over the run. So a large receive makes a seal or two, not a hundred, and who
 * could make up another receipt of a run from one of it has been given that one in the same answer.
 */
interface Run {
	/** Position of its first message. */
	readonly first: number;
	readonly count: number;
	readonly attempt: number;
	readonly partition: number;
}

/** Position (8 bytes), attempt (4), partition (2), place in the run (1), its count (1), seal (8): 32 characters, no padding. */
const BYTES = 24;
const LENGTH = 32;
const SHAPE = /^[\w-]{32}$/;
const MOST_IN_RUN = 255;
/** In the place of a place in the run: all of it. */
const ALL = 255;

/**
 * The texts that stand for leases of one partition, in their order: sealed for this queue and this set of its partitions,
 * so that they can be neither made up nor used on another queue. The seal is SipHash-2-4, a keyed hash made for short
 * messages: 64 bits.
 */
export function sealReceipts(keyring: Keyring, queue: Queue, partition: number, leases: readonly Leases[]): Receipts {
	const key = sealKey(keyring[0], queue);
	const runs = runsOf(leases);
	const bytes = new Uint8Array(runs.reduce((sum, { count }) => sum + count, 0) * BYTES);
	const fields = new DataView(bytes.buffer);
	const firsts: number[] = [];
	let at = 0;
	for (const { first, count, attempt } of runs) {
		firsts.push(at / BYTES);
		const seal = sealOf(key, { first, count, attempt, partition });
		for (let place = 0; place < count; place++) {
			fields.setFloat64(at, first + place);
			fields.setUint32(at + 8, attempt);
			fields.setUint16(at + 12, partition);
			fields.setUint8(at + 14, place);
			fields.setUint8(at + 15, count);
			fields.setUint32(at + 16, seal.h);
			fields.setUint32(at + 20, seal.l);
			at += BYTES;
		}
	}
	const text = bytes.toBase64({ alphabet: 'base64url' });
	const each: string[] = [];
	for (let from = 0; from < text.length; from += LENGTH) each.push(text.slice(from, from + LENGTH));
	return { each, all: firsts.map((first) => withPlace(each[first] as string, ALL)) };
}

/** Leases one after the other, at the same attempt, as runs of at most so many. */
function runsOf(leases: readonly Leases[]): Omit<Run, 'partition'>[] {
	const runs: { first: number; count: number; attempt: number }[] = [];
	for (const { position, attempt, count = 1 } of leases) {
		const last = runs.at(-1);
		const isNext = last !== undefined && last.first + last.count === position && last.attempt === attempt;
		if (isNext && last.count + count <= MOST_IN_RUN) last.count += count;
		else runs.push({ first: position, count, attempt });
	}
	return runs;
}

/** The receipt of another place in the same run. */
function withPlace(receipt: string, place: number): string {
	const bytes = Uint8Array.fromBase64(receipt, { alphabet: 'base64url' });
	const fields = new DataView(bytes.buffer);
	const from = fields.getUint8(14);
	const count = fields.getUint8(15);
	if (place === ALL && count === 1) return receipt;
	const offset = (place === ALL ? 0 : place) - (from === ALL ? 0 : from);
	fields.setFloat64(0, fields.getFloat64(0) + offset);
	fields.setUint8(14, place);
	return bytes.toBase64({ alphabet: 'base64url' });
}

/** The receipt of each message that a genuine one stands for. */
export function eachReceipt(receipt: string, count: number): string[] {
	return Array.from({ length: count }, (_, place) => withPlace(receipt, place));
}

/** What receipts say, in their order; null for one that was not made here for this queue (or was cut or changed). */
export function openReceipts(keyring: Keyring, queue: Queue, receipts: readonly string[]): (Located | null)[] {
	const isShaped = receipts.map((receipt) => receipt.length === LENGTH && SHAPE.test(receipt));
	const shaped = receipts.filter((_, index) => isShaped[index]);
	const bytes = Uint8Array.fromBase64(shaped.join(''), { alphabet: 'base64url' });
	const fields = new DataView(bytes.buffer);
	const isGenuine = verifier(keyring.map((root) => sealKey(root, queue)));
	let at = -BYTES;
	return isShaped.map((isGood) => {
		if (!isGood) return null;
		at += BYTES;
		const position = fields.getFloat64(at);
		const attempt = fields.getUint32(at + 8);
		const partition = fields.getUint16(at + 12);
		const place = fields.getUint8(at + 14);
		const count = fields.getUint8(at + 15);
		const isAll = place === ALL && count > 1;
		const run = { first: isAll ? position : position - place, count, attempt, partition };
		if (place >= count && !isAll) return null;
		if (!isGenuine(run, fields.getUint32(at + 16), fields.getUint32(at + 20))) return null;
		const lease = { position, attempt };
		return isAll ? { partition, lease, count } : { partition, lease };
	});
}

/** Checks seals; receipts of a run mostly come together, so the last genuine one is remembered. */
function verifier(keys: readonly Uint32Array[]): (run: Run, h: number, l: number) => boolean {
	let last: { run: Run; h: number; l: number } | undefined;
	return (run, h, l) => {
		if (last !== undefined && last.h === h && last.l === l && isSameRun(last.run, run)) return true;
		// Whole words at once, both halves always: the time tells nothing of where two seals differ.
		const isGenuine = keys.some((key) => {
			const seal = sealOf(key, run);
			return ((seal.h ^ h) | (seal.l ^ l)) === 0;
		});
		if (isGenuine) last = { run, h, l };
		return isGenuine;
	};
}

function isSameRun(a: Run, b: Run): boolean {
	return a.first === b.first && a.count === b.count && a.attempt === b.attempt && a.partition === b.partition;
}

function sealOf(
	key: Uint32Array,
	{ first, count, attempt, partition }: Run,
): { readonly h: number; readonly l: number } {
	const bytes = new Uint8Array(16);
	const fields = new DataView(bytes.buffer);
	fields.setFloat64(0, first);
	fields.setUint32(8, attempt);
	fields.setUint16(12, partition);
	fields.setUint16(14, count);
	return hash(key, bytes);
}

const sealKeys = new WeakMap<Root, WeakMap<Queue, Uint32Array>>();

/** The 128-bit key for one queue's receipts, derived from the root key; kept while the queue is cached. */
function sealKey(root: Root, queue: Queue): Uint32Array {
	let keys = sealKeys.get(root);
	if (keys === undefined) {
		keys = new WeakMap();
		sealKeys.set(root, keys);
	}
	let key = keys.get(queue);
	if (key === undefined) {
		const identity = `${queue.name}/${queue.generation}/${queue.layout}`;
		const digest = createHmac('sha256', root.receiptKey).update(identity).digest();
		const words = new DataView(digest.buffer, digest.byteOffset);
		key = Uint32Array.from({ length: 4 }, (_, index) => words.getUint32(4 * index));
		keys.set(queue, key);
	}
	return key;
}
