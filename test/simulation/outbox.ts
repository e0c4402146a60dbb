import type { Database } from '../../durable-objects/database';
import { demand, type Held, type Model } from './model';

/** A message that a courier owes to another queue. */
export interface Departure {
	readonly position: number;
	readonly queue: string;
	readonly id: string;
	readonly attempts: number | null;
	readonly origin: string | null;
}

/** The last courier position that the outbox holds; 0 when it is empty. */
export function lastDeparture(database: Database): number {
	return database.first<{ last: number | null }>('SELECT max(position + span - 1) AS last FROM outbox')?.last ?? 0;
}

/** What the outbox holds behind a courier position, in order. */
export function departures(database: Database, after: number): Departure[] {
	return database.all<Departure>(
		`SELECT outbox.position + head.key AS position, target AS queue, head.value ->> 'id' AS id,
			head.value ->> '$.deadLetter.attempts' AS attempts, head.value ->> '$.deadLetter.queue' AS origin
		FROM outbox, json_each(outbox.heads) head
		WHERE outbox.position + outbox.span > ? AND head.type != 'null' AND outbox.position + head.key > ? ORDER BY 1`,
		after,
		after,
	);
}

/** Takes those out of the model that could be buried before anybody received in this commit; answers the others. */
export function buryEarly(model: Model, gone: readonly Departure[], now: number): Departure[] {
	return gone.filter((departure) => {
		const message = model.withId(departure.id);
		if (message === undefined || message.attempts !== departure.attempts || !mayBury(model, message, now)) return true;
		model.forget(message);
		return false;
	});
}

/** What else left in this commit: only messages whose last lease is over may go, each once, to the right queue. */
export function checkBuried(model: Model, gone: readonly Departure[], now: number): void {
	for (const { id, attempts } of gone) {
		const message = model.withId(id);
		demand(message !== undefined, () => `P6: ${id} was buried, though it was finished`);
		demand(
			attempts === message.attempts,
			() => `P6: ${message.name} was buried with ${attempts} attempts, not ${message.attempts}`,
		);
		demand(
			mayBury(model, message, now),
			() => `P6: ${message.name} was buried after ${attempts} attempts, until ${message.until}`,
		);
		model.forget(message);
	}
}

/** Whatever was buried goes to the dead-letter queue of now, once; `explained` are the ids that a retry called buried. */
export function checkDepartures(model: Model, gone: readonly Departure[], explained: ReadonlySet<string>): Departure[] {
	const { deadLetter } = model.settings;
	for (const { id, queue, origin } of gone) {
		demand(
			queue === deadLetter && origin === model.queue.name,
			() => `P6: ${id} left for ${queue}, not for ${deadLetter}`,
		);
		demand(gone.filter((other) => other.id === id).length === 1, () => `P6: ${id} left twice`);
	}
	for (const id of explained)
		demand(
			gone.some((departure) => departure.id === id),
			() => `P6: ${id} is called buried, and no courier knows of it`,
		);
	return gone.filter(({ id }) => !explained.has(id));
}

/** Its last lease is over, and so is everything of its key before it: dead letters leave in order. */
function mayBury(model: Model, message: Held, now: number): boolean {
	return message.until <= now && message.attempts > 0 && model.isLastAttempt(message) && model.mayBeHead(message);
}

/**
 * Nobody needs to ask: a message whose last lease is over is buried by any commit but the one that leased it, in
 * order per key.
 */
export function demandBuried(model: Model, now: number): void {
	for (const message of model.messages)
		if (message.until <= now && !model.isLastAttempt(message)) message.doomed = false;
	const late = model.messages.find(
		(message) =>
			message.leased &&
			message.doomed &&
			model.isLastAttempt(message) &&
			message.until <= now &&
			message.leasedIn < model.commits &&
			message.headAt !== undefined &&
			message.headAt < now &&
			!message.mayBeGone,
	);
	demand(late === undefined, () => `P6: ${late?.name} failed its last attempt and was not buried`);
}
