/**
 * The native id of a message that SQS's clients know by this one: the same bits, but for a UUID's version and variant. So what
 * is seen through either door is known to be the same message.
 */
export function nativeIdOf(uuid: string): string {
	const digits = uuid.replaceAll('-', '');
	const object = digits.slice(0, 12) + digits.slice(13, 16) + digits.slice(17, 18);
	return `${object}-${Number.parseInt(digits.slice(18), 16).toString(36)}`;
}
