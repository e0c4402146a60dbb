import type { Queue } from '../durable-objects/protocol';
import type { Keyring } from './keyring';
import { type Fault, Problem } from './problems';
import { eachReceipt, type Located, openReceipts } from './receipts';
import { fieldFault, invalid } from './validation';

export type Verb = 'ack' | 'retry' | 'extend';

/** One receipt of a request, where in the body it stands, and what is to happen to its message. */
export interface Entry {
	readonly verb: Verb;
	readonly path: readonly PropertyKey[];
	readonly receipt: string;
	/** The receipt may stand for several messages: they are acknowledged as one. */
	readonly mayBeSeveral?: boolean;
	/** Only while the lease runs: else the outcome is `expired`. */
	readonly onlyLeased?: true;
	readonly delayMs?: number;
	readonly reason?: string;
	/** Absent for an extend: the queue's. */
	readonly visibilityTimeoutMs?: number;
	/** For an extend: how long it may have been held in all, since the receive. */
	readonly totalMs?: number;
}

/** What each entry is about. */
export function openedOf(queue: Queue, keyring: Keyring, entries: readonly Entry[]): readonly Located[] {
	const opened = openReceipts(
		keyring,
		queue,
		entries.map(({ receipt }) => receipt),
	);
	const isSeveral = (index: number) => opened[index]?.count !== undefined && !entries[index]?.mayBeSeveral;
	if (isAscending(opened) && !entries.some((_, index) => isSeveral(index))) return opened;
	refuseRepeated(oneByOne(entries, opened));
	const faults = entries.flatMap(({ path }, index) => {
		if (isSeveral(index))
			return [fieldFault(path, 'stands for several messages, which can only be acknowledged as one')];
		return opened[index] === null ? [fieldFault(path, 'is not a receipt of this queue, or is cut or changed')] : [];
	});
	const [first] = faults;
	if (first !== undefined) throw new Problem('invalid_receipt', first.detail, { errors: faults });
	return opened as readonly Located[];
}

/** An entry for each message. */
export function oneByOne(entries: readonly Entry[], opened: readonly (Located | null)[]): readonly Entry[] {
	return entries.flatMap((entry, index) => {
		const count = opened[index]?.count;
		return count === undefined ? [entry] : eachReceipt(entry.receipt, count).map((receipt) => ({ ...entry, receipt }));
	});
}

/** As receipts of one receive are: none of them can be there twice. */
function isAscending(opened: readonly (Located | null)[]): opened is readonly Located[] {
	let last = Number.NEGATIVE_INFINITY;
	for (const located of opened) {
		if (located === null || located.lease.position <= last) return false;
		last = located.lease.position + (located.count ?? 1) - 1;
	}
	return true;
}

/** Two wishes for one lease in one request contradict each other. */
function refuseRepeated(entries: readonly Entry[]): void {
	const seen = new Set(entries.map(({ receipt }) => receipt));
	if (seen.size === entries.length) return;
	seen.clear();
	const faults: Fault[] = [];
	for (const { receipt, path } of entries) {
		if (seen.has(receipt)) faults.push(fieldFault(path, 'is a receipt that this request names twice'));
		seen.add(receipt);
	}
	throw invalid(faults);
}
