import type { Database } from '../database';
import { LANE_SPAN } from './message';

// Both ends of a lane's log, without its bodies.

/** A segment without what it holds. */
export interface SegmentEdge {
	readonly base: number;
	readonly span: number;
	readonly messages: number;
	readonly bytes: number;
	readonly messages_through: number;
	readonly bytes_through: number;
	readonly written_at: number;
	readonly retained_from: number;
}

/** The oldest segments of a lane, bodies left out: what retention looks at. */
export function oldestSegments(database: Database, lane: number, limit: number): SegmentEdge[] {
	return database.all(
		`SELECT base, span, messages, bytes, messages_through, bytes_through, written_at, retained_from FROM segment
		WHERE base >= ? AND base < ? ORDER BY base LIMIT ?`,
		lane * LANE_SPAN,
		(lane + 1) * LANE_SPAN,
		limit,
	);
}

/** The oldest segment of a lane that still has a message. */
export function oldestInLog(database: Database, lane: number): { written_at: number } | undefined {
	return database.first<{ written_at: number }>(
		'SELECT written_at FROM segment WHERE base >= ? AND base < ? AND messages > 0 ORDER BY base LIMIT 1',
		lane * LANE_SPAN,
		(lane + 1) * LANE_SPAN,
	);
}

export type LaneEnd = Pick<SegmentEdge, 'base' | 'span' | 'messages_through' | 'bytes_through' | 'written_at'>;

export function lastSegment(database: Database, lane: number): LaneEnd | undefined {
	return database.first<LaneEnd>(
		`SELECT base, span, messages_through, bytes_through, written_at FROM segment
		WHERE base >= ? AND base < ? ORDER BY base DESC LIMIT 1`,
		lane * LANE_SPAN,
		(lane + 1) * LANE_SPAN,
	);
}
