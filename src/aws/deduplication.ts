import { createHash } from 'node:crypto';

/** The deduplication id of a body whose queue or topic deduplicates by content. */
export function contentDedupId(body: string): string {
	return createHash('sha256').update(body).digest('hex');
}

/** A deduplication id that counts within its message group only. */
export function dedupIdInGroup(group: string, dedupId: string): string {
	return createHash('sha256')
		.update(JSON.stringify([group, dedupId]))
		.digest('hex');
}
