import type { Publication, Sent } from '../journal.ts';
import type { Expected, Story, View } from './view.ts';
import { type Property, since, type Violation } from './violation.ts';

const properties = { publish: 'duplicates', 'fan-out': 'fanOut', handover: 'pipeline' } as const satisfies Record<
	Expected['via'],
	Property
>;

/** One label is one message: in its queue, in its dead-letter queue, and in what its publishers are told. */
export function* duplicates(view: View): Generator<Violation> {
	for (const { queue, label, via } of view.allExpected()) {
		const stories = view.storiesOf(queue, label);
		const copies = [
			copiesIn(stories),
			copiesIn(view.deadOf(queue, label)),
			ids([...stories, ...view.deadOf(queue, label)]),
		];
		const most = copies.find((found) => found.length > 1);
		if (most === undefined) continue;
		yield { property: properties[via], evidence: `${label} is in ${queue} as ${most.join(' and as ')}` };
	}
	yield* answers(view);
}

/** A message has its id and, in one queue, its sequence number. */
function copiesIn(stories: readonly Story[]): string[] {
	const all = stories.flatMap(({ id, handouts }) => {
		const told = handouts.flatMap(({ sequence }) => (sequence === undefined ? [] : [`${id} (sequence ${sequence})`]));
		return told.length > 0 ? told : [id];
	});
	return [...new Set(all)];
}

function ids(stories: readonly Story[]): string[] {
	return [...new Set(stories.map(({ id }) => id))];
}

interface Told extends Sent {
	readonly request: Publication;
}

/** All publications of one message tell the same id, and `duplicate` where it had been accepted before. */
function* answers(view: View): Generator<Violation> {
	const sent = new Map<string, Told[]>();
	for (const request of view.entries) {
		if (request.kind !== 'publish') continue;
		for (const message of request.messages) {
			const name = `${message.label} to ${request.to}`;
			sent.set(name, [...(sent.get(name) ?? []), { ...message, request }]);
		}
	}
	for (const [name, tries] of sent) {
		const told = new Set(tries.flatMap(({ id }) => (id === undefined ? [] : [id])));
		if (told.size > 1) yield { property: 'duplicates', evidence: `${name} was told as ${[...told].join(' and as ')}` };
		for (const one of tries.filter(({ fate }) => fate === 'accepted')) {
			const wrong = contradiction(tries, one);
			if (wrong === undefined) continue;
			const at = since(view, one.request.start);
			yield { property: 'duplicates', evidence: `${name}, published at ${at}, ${wrong}` };
		}
		const [{ label, request }] = tries as [Told];
		const other = view.storiesOf(request.to, label).find(({ id }) => told.size > 0 && !told.has(id));
		if (other === undefined) continue;
		yield { property: 'duplicates', evidence: `${name} was told as ${[...told]}, and handed out as ${other.id}` };
	}
}

function contradiction(tries: readonly Told[], { duplicate, request }: Told): string | undefined {
	const before = tries.filter((other) => other.request.start < request.start && other.fate !== 'refused');
	const accepted = before.some((other) => other.fate === 'accepted' && other.request.end <= request.start);
	if (accepted && duplicate === false) return 'was accepted a second time';
	if (before.length === 0 && duplicate === true) return 'was called a duplicate of nothing';
	return undefined;
}
