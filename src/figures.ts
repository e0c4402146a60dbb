import type { Env } from '../durable-objects/env';
import {
	type Figures,
	isRefusal,
	type Queue,
	type Refusal,
	type RefusalCode,
	type Totals,
	told,
} from '../durable-objects/protocol';
import { iso } from './answers';
import { reach } from './objects';
import { everyPartition, partitionAt } from './partitioner';

/** Figures of a whole queue: its partitions' added up. */
export async function figuresOf(env: Env, queue: Queue): Promise<Refusal | Figures> {
	const parts = await everyPartition(queue, (index) =>
		reach('repeatable', () => partitionAt(env, queue, index).figures(told(queue))),
	);
	const refusal = parts.find(isRefusal);
	return refusal ?? addFigures(parts as Figures[]);
}

function addFigures(parts: readonly Figures[]): Figures {
	const late = parts.find((part) => part.courierError !== null);
	return {
		visible: sum(parts, (part) => part.visible),
		leased: sum(parts, (part) => part.leased),
		delayed: sum(parts, (part) => part.delayed),
		bytes: sum(parts, (part) => part.bytes),
		oldestPublishedAt: least(parts.map((part) => part.oldestPublishedAt)),
		owed: sum(parts, (part) => part.owed),
		courierError: late?.courierError ?? null,
		courierNextAttemptAt: late?.courierNextAttemptAt ?? null,
		redriving: sum(parts, (part) => part.redriving),
		waiters: sum(parts, (part) => part.waiters),
		databaseBytes: sum(parts, (part) => part.databaseBytes),
		totals: addTotals(parts.map((part) => part.totals)),
	};
}

function addTotals(parts: readonly Totals[]): Totals {
	const refused: Partial<Record<RefusalCode, number>> = {};
	for (const part of parts) {
		for (const [code, count] of Object.entries(part.refused) as [RefusalCode, number][]) {
			refused[code] = (refused[code] ?? 0) + count;
		}
	}
	return {
		published: sum(parts, (part) => part.published),
		duplicates: sum(parts, (part) => part.duplicates),
		delivered: sum(parts, (part) => part.delivered),
		acknowledged: sum(parts, (part) => part.acknowledged),
		retried: sum(parts, (part) => part.retried),
		leasesExpired: sum(parts, (part) => part.leasesExpired),
		deadLettered: sum(parts, (part) => part.deadLettered),
		expired: sum(parts, (part) => part.expired),
		removed: sum(parts, (part) => part.removed),
		redriven: sum(parts, (part) => part.redriven),
		refused,
		publishToDelivery: addBuckets(parts.map((part) => part.publishToDelivery)),
		publishToDeliverySumMs: sum(parts, (part) => part.publishToDeliverySumMs),
		deliveryToAck: addBuckets(parts.map((part) => part.deliveryToAck)),
		deliveryToAckSumMs: sum(parts, (part) => part.deliveryToAckSumMs),
	};
}

/** As `GET /v1/queues/{queue}` shows them. */
export function figuresAnswer(figures: Figures, now: number) {
	return {
		visible: figures.visible,
		leased: figures.leased,
		delayed: figures.delayed,
		bytes: figures.bytes,
		oldestAgeSeconds: ageSeconds(figures.oldestPublishedAt, now),
		owed: figures.owed,
		courier: courierAnswer(figures),
		redriving: figures.redriving,
		waiters: figures.waiters,
		databaseBytes: figures.databaseBytes,
	};
}

/** Why a courier is late, and when it tries again; null where it is not. */
export function courierAnswer({
	courierError: error,
	courierNextAttemptAt: nextAt,
}: Pick<Figures, 'courierError' | 'courierNextAttemptAt'>) {
	return error === null ? null : { error, nextAttemptAt: nextAt === null ? null : iso(nextAt) };
}

/** The edge's clock may be a little behind the object's: no age is negative. */
export function ageSeconds(publishedAt: number | null, now: number): number | null {
	return publishedAt === null ? null : Math.max(0, now - publishedAt) / 1_000;
}

export function sum<T>(parts: readonly T[], figure: (part: T) => number): number {
	return parts.reduce((total, part) => total + figure(part), 0);
}

export function least(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : Math.min(...known);
}

function addBuckets(histograms: readonly (readonly number[])[]): number[] {
	const length = Math.max(0, ...histograms.map((histogram) => histogram.length));
	return Array.from({ length }, (_, bucket) => sum(histograms, (histogram) => histogram[bucket] ?? 0));
}
