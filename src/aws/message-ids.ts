const NATIVE_ID = /^([0-9a-f]{12})([0-9a-f]{4})-([0-9a-z]{1,11})$/;
/** Of UUIDs whose bits are the maker's own choice (RFC 9562, section 5.8). */
const VERSION = '8';
const VARIANT = '8';
const POSITION_DIGITS = 14;

/**
 * A message's id as AWS writes them: a UUID, of the same bits as the native one (the object's 64 and the position), so that
 * the same message has the same id whoever asks, and nothing needs to be kept for it.
 */
export function messageIdOf(id: string): string {
	const [, head, tail, position] = NATIVE_ID.exec(id) ?? [];
	if (head === undefined || position === undefined) return id;
	const last = Number.parseInt(position, 36).toString(16).padStart(POSITION_DIGITS, '0');
	return `${head.slice(0, 8)}-${head.slice(8)}-${VERSION}${tail?.slice(0, 3)}-${VARIANT}${tail?.slice(3)}${last.slice(0, 2)}-${last.slice(2)}`;
}
