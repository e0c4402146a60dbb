import type { RefusalCode } from './refusals';

export type Histogram = readonly number[];

/** Upper bounds of the histograms' buckets in seconds; the last bucket is +Inf. */
export const LATENCY_BUCKETS_SECONDS = [
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400,
] as const;

export interface Totals {
	readonly published: number;
	readonly duplicates: number;
	readonly delivered: number;
	readonly acknowledged: number;
	readonly retried: number;
	readonly leasesExpired: number;
	readonly deadLettered: number;
	readonly expired: number;
	readonly removed: number;
	readonly redriven: number;
	readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
	/** Counts per bucket (not cumulative), then the sum in milliseconds. */
	readonly publishToDelivery: Histogram;
	readonly publishToDeliverySumMs: number;
	readonly deliveryToAck: Histogram;
	readonly deliveryToAckSumMs: number;
}

export interface Figures {
	readonly visible: number;
	readonly leased: number;
	readonly delayed: number;
	readonly bytes: number;
	/** When the oldest unfinished message was published, poison included; null when there is none. */
	readonly oldestPublishedAt: number | null;
	/** Messages that the courier still owes to other queues, and why it is late if it is. */
	readonly owed: number;
	readonly courierError: string | null;
	readonly courierNextAttemptAt: number | null;
	readonly redriving: number;
	readonly waiters: number;
	readonly databaseBytes: number;
	readonly totals: Totals;
}
