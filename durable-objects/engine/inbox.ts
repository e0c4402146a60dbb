import type { Database } from '../database';
import type { Delivery } from '../protocol';

type From = Pick<Delivery, 'source' | 'generation'>;

/**
 * The last position of the source that is durable here: what makes a repeated delivery harmless. Kept also after the
 * queue was deleted or sealed, since a courier must learn what arrived before. Nothing more is taken of a generation
 * that has been followed by a newer one: a late repeat of it must not come after the messages were moved.
 */
export function takenFrom(database: Database, { source, generation }: From): number {
	const row = database.first<{ taken: number; generation: number }>(
		'SELECT taken, generation FROM inbox WHERE source = ?',
		source,
	);
	if (row === undefined || row.generation < generation) return 0;
	return row.generation === generation ? row.taken : Number.MAX_SAFE_INTEGER;
}

export function rememberTaken(database: Database, { source, generation }: From, taken: number): void {
	database.run(
		`INSERT INTO inbox (source, taken, generation) VALUES (?, ?, ?)
		ON CONFLICT (source) DO UPDATE SET taken = excluded.taken, generation = excluded.generation`,
		source,
		taken,
		generation,
	);
}
