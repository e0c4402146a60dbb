import type { Measured } from './report.ts';
import type { Life } from './rows.ts';

/** List prices in dollars per million (Cloudflare, Workers Paid, November 2026). */
const PRICES = { workerRequest: 0.3, objectRequest: 0.15, rowWritten: 1, rowRead: 0.001 };

/** Dollars per GB-second of an object that is awake, and the memory that it is billed for. */
const GB_SECOND = 12.5 / 1e6;
const OBJECT_GB = 0.128;
const MONTH_SECONDS = 30 * 86_400;

/** Publish, receive, acknowledge. */
const REQUESTS = 3;

/** What others ask per million messages: Cloudflare Queues 3 operations at $0.40; SQS 3 requests per 10 messages at $0.40. */
const QUEUES_DOLLARS = 1.2;
const SQS_BATCH10_DOLLARS = 0.12;

function dollars(batch: number, { rowsWritten, rowsRead }: Life): { requests: number; rows: number; total: number } {
	const requests = (REQUESTS / batch) * (PRICES.workerRequest + PRICES.objectRequest);
	const rows = rowsWritten * PRICES.rowWritten + rowsRead * PRICES.rowRead;
	return { requests, rows, total: requests + rows };
}

/** Dollars per million messages at list prices, requests and rows; what being awake costs is told apart. */
export function costs(lives: Readonly<Record<'alone10' | 'alone100' | 'together1', Life>>): Measured[] {
	const row = (what: string, batch: number, life: Life, bound: { atMost?: number }): Measured => {
		const { requests, rows, total } = dollars(batch, life);
		return {
			what: `$ per million messages: ${what}`,
			value: total,
			...bound,
			detail: `requests $${requests.toFixed(3)}, rows $${rows.toFixed(3)}; Cloudflare Queues $${QUEUES_DOLLARS.toFixed(2)}, SQS $${SQS_BATCH10_DOLLARS.toFixed(2)} at batch 10`,
		};
	};
	return [
		row('batch 10', 10, lives.alone10, { atMost: 0.65 }),
		row('batch 100', 100, lives.alone100, { atMost: 0.08 }),
		row('batch 1, 32 concurrent', 1, lives.together1, {}),
	];
}

/** What the requests and rows leave out: an object that is awake is billed by the second, whatever it does. */
export function duration(messagesPerSecond: number): string {
	const busy = ((OBJECT_GB * GB_SECOND) / messagesPerSecond) * 1e6;
	const month = OBJECT_GB * GB_SECOND * MONTH_SECONDS;
	return (
		`Duration, apart: an object at ${Math.round(messagesPerSecond).toLocaleString('en')} messages/s adds $${busy.toPrecision(2)} per million; ` +
		`one kept awake for a month by long polls costs $${month.toFixed(2)} (${Math.round(OBJECT_GB * MONTH_SECONDS).toLocaleString('en')} GB-s; ` +
		'the paid plan includes 400,000).'
	);
}
