import type { Database } from '../database';
import { isRefusal, LATENCY_BUCKETS_SECONDS, LIMITS } from '../protocol';
import type { Memory, MutableTotals } from './memory';
import { readState, writeState } from './state';

export function newTotals(): MutableTotals {
	const buckets = () => new Array<number>(LATENCY_BUCKETS_SECONDS.length + 1).fill(0);
	return {
		published: 0,
		duplicates: 0,
		delivered: 0,
		acknowledged: 0,
		retried: 0,
		leasesExpired: 0,
		deadLettered: 0,
		expired: 0,
		removed: 0,
		redriven: 0,
		refused: {},
		publishToDelivery: buckets(),
		publishToDeliverySumMs: 0,
		deliveryToAck: buckets(),
		deliveryToAckSumMs: 0,
	};
}

/** So many messages took so long. */
export function observe(memory: Memory, name: 'publishToDelivery' | 'deliveryToAck', ms: number, count = 1): void {
	const elapsed = Math.max(0, ms);
	let bucket = 0;
	while (bucket < LATENCY_BUCKETS_SECONDS.length && elapsed > (LATENCY_BUCKETS_SECONDS[bucket] as number) * 1_000)
		bucket++;
	const counts = memory.totals[name];
	counts[bucket] = (counts[bucket] ?? 0) + count;
	memory.totals[name === 'publishToDelivery' ? 'publishToDeliverySumMs' : 'deliveryToAckSumMs'] += count * elapsed;
}

/** Counts a result that is a refusal, or those among the outcomes of one. */
export function countRefusals(memory: Memory, result: unknown): void {
	for (const entry of Array.isArray(result) ? result : [result]) {
		if (isRefusal(entry)) memory.totals.refused[entry.refused] = (memory.totals.refused[entry.refused] ?? 0) + 1;
	}
}

/** Totals ride along with a commit that writes anyway, at most once in `totalsMs`: they must not cost a row per message. */
export function flushTotals(database: Database, memory: Memory, now: number): void {
	if (Math.abs(now - memory.totalsWrittenAt) < LIMITS.totalsMs) return;
	memory.totalsWrittenAt = now;
	writeState(database, 'totals', memory.totals);
}

export function loadTotals(database: Database): MutableTotals {
	return { ...newTotals(), ...readState<MutableTotals>(database, 'totals') };
}
