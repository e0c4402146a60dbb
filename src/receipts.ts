/// <reference lib="esnext.typedarrays" />
import { createHmac } from 'node:crypto';
import { hash } from 'siphash';
import type { Lease, Queue } from '../durable-objects/protocol';
import type { Keyring, Root } from './keyring';

/** A lease and the partition that it is in. */
export interface Located {
	readonly partition: number;
	readonly lease: Lease;
}

/** Position (8 bytes), attempt (4), partition (4), seal (8): 24 bytes are 32 characters, with no padding and no other spelling. */
const BYTES = 24;
const SEALED_BYTES = 16;
const LENGTH = 32;
const SHAPE = /^[\w-]{32}$/;

/**
 * The texts that stand for leases of one partition, in their order. Each is sealed for this queue and this set of its
 * partitions, so that it can be neither made up nor used on another queue. The seal is SipHash-2-4, a keyed hash made
 * for short messages: 64 bits, in a tenth of the time of an HMAC, which would be most of a large receive. All are
 * written as one text and cut apart, for the same reason.
 */
export function sealReceipts(keyring: Keyring, queue: Queue, partition: number, leases: readonly Lease[]): string[] {
	const key = sealKey(keyring[0], queue);
	const bytes = new Uint8Array(leases.length * BYTES);
	const fields = new DataView(bytes.buffer);
	leases.forEach(({ position, attempt }, index) => {
		const at = index * BYTES;
		fields.setFloat64(at, position);
		fields.setUint32(at + 8, attempt);
		fields.setUint32(at + 12, partition);
		const seal = hash(key, bytes.subarray(at, at + SEALED_BYTES));
		fields.setUint32(at + 16, seal.h);
		fields.setUint32(at + 20, seal.l);
	});
	const text = bytes.toBase64({ alphabet: 'base64url' });
	return leases.map((_, index) => text.slice(index * LENGTH, (index + 1) * LENGTH));
}

/** What receipts say, in their order; null for one that was not made here for this queue (or was cut or changed). */
export function openReceipts(keyring: Keyring, queue: Queue, receipts: readonly string[]): (Located | null)[] {
	const shaped = receipts.filter((receipt) => SHAPE.test(receipt));
	const bytes = Uint8Array.fromBase64(shaped.join(''), { alphabet: 'base64url' });
	const fields = new DataView(bytes.buffer);
	const keys = keyring.map((root) => sealKey(root, queue));
	let at = -BYTES;
	return receipts.map((receipt) => {
		if (!SHAPE.test(receipt)) return null;
		at += BYTES;
		const sealed = bytes.subarray(at, at + SEALED_BYTES);
		const h = fields.getUint32(at + 16);
		const l = fields.getUint32(at + 20);
		if (!keys.some((key) => isSame(hash(key, sealed), h, l))) return null;
		const lease = { position: fields.getFloat64(at), attempt: fields.getUint32(at + 8) };
		return { partition: fields.getUint32(at + 12), lease };
	});
}

/** Whole words at once, both halves always: the time tells nothing of where two seals differ. */
function isSame(seal: { readonly h: number; readonly l: number }, h: number, l: number): boolean {
	return ((seal.h ^ h) | (seal.l ^ l)) === 0;
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
