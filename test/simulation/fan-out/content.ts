import type { Database } from '../../../durable-objects/database';
import { type Head, idOf } from '../../../durable-objects/engine/message';
import { Segment } from '../../../durable-objects/engine/segments';
import type { FilterPolicy, NewMessage } from '../../../durable-objects/protocol';
import type { Draft } from './script';

/** A message as it stands in a log. */
export interface Stored {
	readonly position: number;
	readonly id: string;
	readonly head: Head;
	readonly draft: Draft;
	readonly writtenAt: number;
	readonly publishedAt: number;
}

export function messageOf(draft: Draft): NewMessage {
	const { key, dedupId, colour, note } = draft;
	const body = JSON.stringify(draft);
	return {
		body,
		size: body.length,
		...(key === undefined ? {} : { key }),
		...(dedupId === undefined ? {} : { dedupId }),
		...(colour === undefined ? {} : { attributes: { colour } }),
		...(note === undefined ? {} : { annotations: { note } }),
	};
}

/** Whether a message has kept what a facade keeps with it. */
export function isAnnotated({ annotations }: Pick<NewMessage, 'annotations'>, { note }: Draft): boolean {
	return note === undefined ? annotations === undefined : JSON.stringify(annotations) === JSON.stringify({ note });
}

export function draftOf(body: string): Draft {
	return JSON.parse(body) as Draft;
}

/** What each filter of a story means, said apart from the language it is written in. */
export function passes(filter: FilterPolicy | null, { colour, size }: Draft): boolean {
	if (filter === null) return true;
	if (filter.scope === 'body') return size !== undefined && size >= 5;
	return JSON.stringify(filter.policy) === '{"colour":["red"]}' && colour === 'red';
}

/** What an object's log holds from a position on. */
export function storedFrom(database: Database, tag: string, from: number): Stored[] {
	type Row = ConstructorParameters<typeof Segment>[0];
	const stored: Stored[] = [];
	for (const row of database.all<Row>('SELECT * FROM segment WHERE base >= ? ORDER BY base', from)) {
		const segment = new Segment(row);
		for (let position = row.base; position < segment.end; position++) {
			const record = segment.record(position);
			if (record === undefined) continue;
			const { head, body, writtenAt } = record;
			const publishedAt = head.publishedAt ?? writtenAt;
			stored.push({ position, id: idOf(tag, position, head), head, draft: draftOf(body), writtenAt, publishedAt });
		}
	}
	return stored;
}
