import type { Answer, Site } from './site.ts';

/** A request's fate, by the bodies that it was to publish. */
export interface Offered {
	readonly accepted: ReadonlySet<string>;
	/** The connection broke: they may have been accepted or not. */
	readonly unknown: ReadonlySet<string>;
	/** What was refused, one entry per message. */
	readonly refusals: readonly Refused[];
	/** From each request to its answer, ascending. */
	readonly latenciesMs: readonly number[];
	/** The most requests that had no answer yet. */
	readonly outstanding: number;
}

export interface Refused {
	readonly status: number;
	readonly code: string;
	/** Of the whole answer: seconds. */
	readonly retryAfter: number | undefined;
	/** Other messages of its batch were accepted. */
	readonly isPart: boolean;
}

interface Problem {
	readonly status: number;
	readonly code: string;
}

/** One request in so many is a batch of 100: a client of a busy queue batches, and not all do. */
const batchEvery = 50;
const batchMessages = 100;

/**
 * Publishes `rate` messages a second for so many seconds, numbered from 0: what is due by the clock is sent, whether or not
 * what was sent before is answered. Resolves when all of it is.
 */
export async function offer(site: Site, queue: string, rate: number, seconds: number): Promise<Offered> {
	const accepted = new Set<string>();
	const unknown = new Set<string>();
	const refusals: Refused[] = [];
	const latenciesMs: number[] = [];
	const total = rate * seconds;
	const answers: Promise<void>[] = [];
	let [sent, answered, outstanding] = [0, 0, 0];

	const publish = async (bodies: readonly string[]) => {
		const at = performance.now();
		const [body] = bodies as [string];
		const asked =
			bodies.length === 1
				? site.send('POST', `queues/${queue}/messages`, body)
				: site.send('POST', `queues/${queue}/messages/batch`, { messages: bodies.map((body) => ({ body })) });
		const answer = await asked.catch(() => null);
		latenciesMs.push(performance.now() - at);
		answered++;
		if (answer === null) for (const body of bodies) unknown.add(body);
		else
			outcomesOf(answer, bodies.length).forEach((refused, index) => {
				if (refused === null) accepted.add(bodies[index] as string);
				else refusals.push(refused);
			});
	};

	const begun = performance.now();
	while (sent < total) {
		const due = Math.min(total, (rate * (performance.now() - begun)) / 1_000);
		while (sent < due) {
			const count = answers.length % batchEvery === 0 ? Math.min(batchMessages, total - sent) : 1;
			answers.push(publish(Array.from({ length: count }, (_, index) => String(sent + index))));
			sent += count;
		}
		outstanding = Math.max(outstanding, answers.length - answered);
		await new Promise((turn) => setImmediate(turn));
	}
	await Promise.all(answers);
	latenciesMs.sort((a, b) => a - b);
	return { accepted, unknown, refusals, latenciesMs, outstanding };
}

/** Per message: null where it was accepted. */
function outcomesOf(answer: Answer, count: number): (Refused | null)[] {
	const { status, retryAfter, text } = answer;
	const body = JSON.parse(text) as { results?: { error?: Problem }[] } & Partial<Problem>;
	if (status >= 300)
		return Array.from({ length: count }, () => ({ status, code: body.code ?? '', retryAfter, isPart: false }));
	if (body.results === undefined) return [null];
	return body.results.map(({ error }) =>
		error === undefined ? null : { status: error.status, code: error.code, retryAfter, isPart: true },
	);
}
