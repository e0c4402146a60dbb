/** Publishes with fetch alone. Usage: SLUICE_KEY=... node producer.ts [queue]  (Node 24, Deno, Bun) */
import process from 'node:process';

const url = process.env.SLUICE_URL ?? 'http://localhost:8787';
const key = process.env.SLUICE_KEY ?? '';
const queue = process.argv[2] ?? 'hello';

interface Published {
	readonly id: string;
	readonly sequence: number;
	/** The dedupId was known: this is the first message's id, and nothing was added. */
	readonly duplicate: boolean;
}

/** A full queue says when to come back; the dedupId makes that safe. */
async function post<Answer>(path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
	for (;;) {
		const response = await fetch(`${url}/v1/queues/${queue}/${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, ...headers },
			body,
		});
		if (response.ok) return (await response.json()) as Answer;
		const retryAfter = response.headers.get('retry-after');
		if (retryAfter === null) throw new Error(`${response.status}: ${await response.text()}`);
		await new Promise((resume) => setTimeout(resume, Number(retryAfter) * 1_000));
	}
}

const options = new URLSearchParams({ key: 'customer-7', dedupId: 'order-1' });
const one = await post<Published>(`messages?${options}`, JSON.stringify({ order: 1 }), {
	'content-type': 'application/json',
	'x-sluice-attribute-source': 'typescript',
});
console.log(one);

const messages = [
	{ body: JSON.stringify({ order: 2 }), key: 'customer-7' },
	{ body: JSON.stringify({ order: 3 }), delaySeconds: 1 },
];
console.log(await post<{ results: Published[] }>('messages/batch', JSON.stringify({ messages })));
