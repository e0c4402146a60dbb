import type { FilterScope } from '../../durable-objects/protocol';
import { type Action, type Place, seconds, type TopicChange } from './script';
import type { Words } from './words';

export function parseTopicChange(words: Words): TopicChange {
	const settings: TopicChange = {};
	words.options({
		retention: () => (settings.retentionMs = words.milliseconds('a retention')),
		dedupWindow: () => (settings.dedupWindowMs = words.milliseconds('a window')),
	});
	return settings;
}

export function parseSubscribe(words: Words): Action {
	const name = words.next('a name for the subscription');
	let to: string | undefined;
	let from: Place | undefined;
	let policy: Record<string, unknown> | undefined;
	let scope: FilterScope = 'attributes';
	words.options({
		to: () => (to = words.next('a queue')),
		from: () => (from = placeOf(words.next('a place'))),
		filter: () => (policy = words.json('a policy')),
		scope: () => (scope = words.oneOf(['attributes', 'body'])),
	});
	if (to === undefined) throw new Error('subscribe needs "to <queue>"');
	return {
		verb: 'subscribe',
		name,
		to,
		...(from === undefined ? {} : { from }),
		...(policy === undefined ? {} : { filter: { scope, policy } }),
	};
}

/** `earliest`, `now`, an instant in seconds, or `#` and a sequence number. */
export function placeOf(word: string): Place {
	if (word === 'earliest' || word === 'now') return { from: word };
	const number = Number(/^#?(\d+(\.\d+)?)$/.exec(word)?.[1] ?? Number.NaN);
	if (Number.isNaN(number)) throw new Error(`"${word}" is no place: earliest, now, seconds or #<sequence>`);
	if (word.startsWith('#')) return { from: 'sequence', sequence: number };
	return { from: 'instant', at: Math.round(number * 1_000) };
}

export function formatPlace(place: Place): string {
	if (place.from === 'instant') return seconds(place.at);
	return place.from === 'sequence' ? `#${place.sequence}` : place.from;
}

export function formatTopicChange({ retentionMs, dedupWindowMs }: TopicChange): string {
	const retention = retentionMs === undefined ? '' : ` retention ${seconds(retentionMs)}`;
	return `topic${retention}${dedupWindowMs === undefined ? '' : ` dedupWindow ${seconds(dedupWindowMs)}`}`;
}

export function formatSubscribe({ name, to, from, filter }: Action & { verb: 'subscribe' }): string {
	const start = from === undefined ? '' : ` from ${formatPlace(from)}`;
	const policy = filter === undefined ? '' : ` filter '${JSON.stringify(filter.policy)}'`;
	return `subscribe ${name} to ${to}${start}${policy}${filter?.scope === 'body' ? ' scope body' : ''}`;
}
