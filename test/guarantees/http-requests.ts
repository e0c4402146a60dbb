import { isRefusal, topicIn } from '../../durable-objects/protocol';
import { bodyOf, bundlesOf } from '../engine/commands';
import { EPOCH, type FiguresShown } from './answers';
import { call } from './http-client';
import type { Asking, Draft, Entry, Settings, Successor } from './script';

/** A script's settings in the API's words; without jitter, so that scripts can name the instant of a retry. */
export function settingsBody(
	settings: Settings,
	nameOf: (queue: string) => string,
	otherwise: object = { backoff: { jitter: 0 } },
): object {
	const entries = Object.entries(settings).map(([name, value]) => {
		if (name === 'backoff') {
			const { initialMs, factor, maxMs, jitter } = value as NonNullable<Settings['backoff']>;
			return [name, { initialSeconds: initialMs / 1_000, factor, maxSeconds: maxMs / 1_000, jitter }];
		}
		if (name === 'deadLetter' && value !== null) return [name, nameOf(value as string)];
		return name.endsWith('Ms') ? [`${name.slice(0, -2)}Seconds`, (value as number) / 1_000] : [name, value];
	});
	return { ...otherwise, ...Object.fromEntries(entries) };
}

/** To a queue or topic: one message goes as the body of its request, several as a batch. */
export async function publish(path: string, drafts: readonly Draft[]): Promise<unknown> {
	const [draft] = drafts as [Draft];
	if (drafts.length === 1) {
		const query = new URLSearchParams(Object.entries(optionsOf(draft)).map(([name, value]) => [name, String(value)]));
		const attributes = Object.entries(draft.attributes ?? {});
		const headers = attributes.map(([name, value]) => [`x-sluice-attribute-${name}`, value]);
		const outcome = await call('POST', `${path}/messages?${query}`, bodyOf(draft), {
			'content-type': 'text/plain',
			...Object.fromEntries(headers),
		});
		return isRefusal(outcome) ? outcome : [outcome];
	}
	const messages = drafts.map(messageOf);
	const answer = await call('POST', `${path}/messages/batch`, { messages });
	if (isRefusal(answer)) return drafts.map(() => answer);
	const { results } = answer as { results: { error?: { code: string } }[] };
	return results.map((result) => (result.error === undefined ? result : { refused: result.error.code }));
}

export async function receive(
	path: string,
	{ max, leaseMs, by, as, keyFirst }: Asking,
	waitMs: number,
): Promise<unknown> {
	const answer = await call('POST', `${path}/receive`, {
		max,
		consumer: by ?? 'somebody',
		waitSeconds: waitMs / 1_000,
		...(leaseMs === undefined ? {} : { visibilityTimeoutSeconds: leaseMs / 1_000 }),
		...(as === undefined ? {} : { attemptId: as }),
		...(keyFirst ? { keyFirst } : {}),
	});
	return isRefusal(answer) ? answer : (answer as { messages: unknown }).messages;
}

/** The newest redrives, in the engine's shape. */
export async function redrives(path: string): Promise<unknown> {
	const answer = await call('GET', `${path}/redrives`);
	return isRefusal(answer) ? answer : (answer as { redrives: unknown }).redrives;
}

/** The live figures; the oldest as an instant. */
export async function figures(path: string): Promise<unknown> {
	const answer = await call('GET', path);
	if (isRefusal(answer)) return answer;
	const { figures } = answer as { figures: FiguresShown & { oldestAgeSeconds: number | null } };
	const age = figures.oldestAgeSeconds;
	return { ...figures, oldestPublishedAt: age === null ? null : Date.now() - Math.round(age * 1_000) };
}

/** A message of a batch. */
function messageOf(draft: Draft): object {
	const { attributes } = draft;
	return { body: bodyOf(draft), ...optionsOf(draft), ...(attributes === undefined ? {} : { attributes }) };
}

/** A message's options in the API's words. */
function optionsOf({ key, dedupId, delayMs, deliverAt, ttlMs, priority }: Draft): Record<string, string | number> {
	return {
		...(key === undefined ? {} : { key }),
		...(dedupId === undefined ? {} : { dedupId }),
		...(delayMs === undefined ? {} : { delaySeconds: delayMs / 1_000 }),
		...(deliverAt === undefined ? {} : { deliverAt: new Date(EPOCH + deliverAt).toISOString() }),
		...(ttlMs === undefined ? {} : { ttlSeconds: ttlMs / 1_000 }),
		...(priority === undefined ? {} : { priority }),
	};
}

/** Everything that a settle may be asked in one request. */
export function settleBody(
	entries: readonly Entry[],
	publish: readonly Successor[] | undefined,
	receiptOf: (receipt: string) => string,
	nameOf: (name: string) => string,
): object {
	const list = (kind: Entry['kind']) =>
		entries.filter((entry) => entry.kind === kind).map((entry) => wishOf(entry, receiptOf(entry.receipt)));
	const wishes = { ack: list('ack'), retry: list('retry'), extend: list('extend') };
	if (publish === undefined) return wishes;
	const successors = bundlesOf(publish).map((bundle) => {
		const [{ to, receipt }] = bundle as [Successor];
		const topic = topicIn(to);
		return {
			...(topic === undefined ? { queue: nameOf(to) } : { topic: nameOf(topic) }),
			messages: bundle.map(messageOf),
			...(receipt === undefined ? {} : { receipt: receiptOf(receipt) }),
		};
	});
	return { ...wishes, publish: successors };
}

/** An entry of a settle list. */
export function wishOf({ kind, delayMs, reason, leaseMs }: Entry, receipt: string): unknown {
	if (kind === 'ack') return receipt;
	if (kind === 'extend') return { receipt, visibilityTimeoutSeconds: (leaseMs as number) / 1_000 };
	return {
		receipt,
		...(delayMs === undefined ? {} : { delaySeconds: delayMs / 1_000 }),
		...(reason === undefined ? {} : { reason }),
	};
}
