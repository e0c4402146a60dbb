import { createHmac } from 'node:crypto';
import { hash } from 'siphash';
import type { Lease, Queue } from '../durable-objects/protocol';
import type { Keyring, Root } from './keyring';

/** A lease and the partition that it is in. */
export interface Located {
	readonly partition: number;
	readonly lease: Lease;
}

const SHAPE = /^([0-9a-z]{1,2})\.([0-9a-z]{1,11})\.([0-9a-z]{1,8})\.([0-9a-z]{1,7})\.([0-9a-z]{1,7})$/;

/**
 * The text that stands for a lease: partition, position and attempt, sealed for this queue and this set of its
 * partitions, so that it can be neither made up nor used on another queue. The seal is SipHash-2-4, a keyed hash made
 * for short messages: 64 bits, in a tenth of the time of an HMAC, which would be most of a large receive.
 */
export function sealReceipt(keyring: Keyring, queue: Queue, partition: number, lease: Lease): string {
	const text = `${partition.toString(36)}.${lease.position.toString(36)}.${lease.attempt.toString(36)}`;
	const seal = hash(sealKey(keyring[0], queue), text);
	return `${text}.${seal.h.toString(36)}.${seal.l.toString(36)}`;
}

/** What a receipt says, or null where it was not made here for this queue (or was cut or changed). */
export function openReceipt(keyring: Keyring, queue: Queue, receipt: string): Located | null {
	const parts = SHAPE.exec(receipt);
	if (parts === null) return null;
	const [, partition = '', position = '', attempt = '', high = '', low = ''] = parts;
	const text = `${partition}.${position}.${attempt}`;
	const h = Number.parseInt(high, 36);
	const l = Number.parseInt(low, 36);
	// One spelling only: what is not as it was made was not made here.
	if (h.toString(36) !== high || l.toString(36) !== low) return null;
	if (!keyring.some((root) => isSame(hash(sealKey(root, queue), text), h, l))) return null;
	return {
		partition: Number.parseInt(partition, 36),
		lease: { position: Number.parseInt(position, 36), attempt: Number.parseInt(attempt, 36) },
	};
}

/** Whole words at once, both halves always: the time tells nothing of where two seals differ. */
function isSame(seal: { readonly h: number; readonly l: number }, h: number, l: number): boolean {
	return ((seal.h ^ h) | (seal.l ^ l)) === 0 && h <= 0xffffffff && l <= 0xffffffff;
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
