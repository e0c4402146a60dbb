// How a settle and its answer cross RPC.

import type { PackedReceived } from './packed-received';
import type { Acknowledgement, SettleCommand, Settlement, SettleOutcome, SettleResult } from './protocol';
import { isRefusal, type Refusal } from './refusals';
import { fromText, type Text, toText } from './text';

/** Messages one after the other, at the same attempt, as a receive hands them out. */
type Run = readonly [first: number, count: number, attempt: number, onlyLeased?: 1];

/** The acknowledgements by the run, since there may be many, and they are mostly those of one receive. */
export type PackedSettle = Omit<SettleCommand, 'ack'> & { readonly ack: readonly Run[] };

export function packSettle(command: SettleCommand): Text<PackedSettle> {
	const runs: [number, number, number, 1?][] = [];
	let last: (typeof runs)[number] | undefined;
	for (const { position, attempt, onlyLeased, count = 1 } of command.ack) {
		const isNext = last !== undefined && last[0] + last[1] === position && last[2] === attempt;
		if (last !== undefined && isNext && (last[3] === 1) === (onlyLeased === true)) last[1] += count;
		else {
			last = onlyLeased === true ? [position, count, attempt, 1] : [position, count, attempt];
			runs.push(last);
		}
	}
	return toText<PackedSettle>({ ...command, ack: runs });
}

export function unpackSettle(text: Text<PackedSettle>): SettleCommand {
	const packed = fromText(text);
	const ack = packed.ack.map(([position, count, attempt, onlyLeased]): Acknowledgement => {
		const entry = count === 1 ? { position, attempt } : { position, attempt, count };
		return onlyLeased === 1 ? { ...entry, onlyLeased: true } : entry;
	});
	// A handover names its receipts by their places in the list.
	return { ...packed, ack: packed.handovers === undefined ? ack : ack.flatMap(oneByOne) };
}

function oneByOne({ count = 1, ...entry }: Acknowledgement): Settlement[] {
	return Array.from({ length: count }, (_, index) => ({ ...entry, position: entry.position + index }));
}

/** The outcome of most. */
export const ACKED: SettleOutcome = Object.freeze({ outcome: 'acked' });

/** How many were acknowledged, where that is all that was asked for and all of it was done; else everything. */
export type PackedResult = Refusal | SettleResult | number;

export function packResult(result: Refusal | SettleResult): Text<PackedResult> {
	if (isRefusal(result) || result.retry.length > 0 || result.extend.length > 0) return toText<PackedResult>(result);
	const isAllAcked = result.ack.every(({ outcome }) => outcome === 'acked');
	return toText<PackedResult>(isAllAcked ? result.ack.length : result);
}

export function unpackResult(text: Text<PackedResult>): Refusal | SettleResult {
	const packed = fromText(text);
	return typeof packed === 'number'
		? { ack: new Array<SettleOutcome>(packed).fill(ACKED), retry: [], extend: [] }
		: packed;
}

/** Of a settle and the receive after it. */
export interface PackedExchange {
	readonly settled: Text<PackedResult>;
	readonly received: Refusal | PackedReceived;
}
