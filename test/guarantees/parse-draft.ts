import type { Draft, Successor } from './script';
import type { Words } from './words';

/** A message of a `publish` line. */
export function parseDraft(words: Words): Draft {
	const draft = begin(words);
	words.options(options(words, draft));
	return draft;
}

/** A message that a settle publishes: a draft, where it goes, and, where it has one of its own, the receipt. */
export function parseSuccessor(words: Words): Successor {
	const draft = begin(words) as Successor;
	words.options({
		...options(words, draft),
		to: () => (draft.to = words.next('a queue or topic/NAME')),
		for: () => (draft.receipt = words.next('a receipt')),
	});
	if (draft.to === undefined) throw new Error('what is published needs "to <queue>" or "to topic/<topic>"');
	return draft;
}

function begin(words: Words): Draft {
	const draft: Draft = { name: words.next("the message's name") };
	if (draft.name.includes('#')) throw new Error(`"${draft.name}": a message's name has no "#"`);
	return draft;
}

function options(words: Words, draft: Draft): Record<string, () => unknown> {
	return {
		key: () => (draft.key = words.next('a key')),
		dedup: () => (draft.dedupId = words.next('a deduplication id')),
		delay: () => (draft.delayMs = words.milliseconds('a delay')),
		at: () => (draft.deliverAt = words.milliseconds('an instant')),
		ttl: () => (draft.ttlMs = words.milliseconds('a time to live')),
		priority: () => (draft.priority = words.whole('a priority')),
		bytes: () => (draft.bytes = words.whole('a size')),
		attr: () => (draft.attributes = attributesOf(words.next('name=value pairs joined by "+"'))),
		body: () => (draft.body = JSON.stringify(words.json('a body'))),
	};
}

function attributesOf(word: string): Record<string, string> {
	return Object.fromEntries(
		word.split('+').map((pair) => {
			const [name, value, ...more] = pair.split('=');
			if (name === undefined || value === undefined || more.length > 0) throw new Error(`"${pair}" is no name=value`);
			return [name, value];
		}),
	);
}
