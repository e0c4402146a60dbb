// The characters that SQS carries, which are those of XML 1.0; a lone surrogate is none of them.

const OTHERS = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const ALL_OTHERS = new RegExp(OTHERS, 'gu');

export const CHARACTERS_RULE =
	'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.';

export function isCarried(text: string): boolean {
	return !OTHERS.test(text);
}

/** With a replacement for each character that XML cannot have: one name must not make a whole answer unreadable. */
export function readable(text: string): string {
	return text.replace(ALL_OTHERS, '\uFFFD');
}
