// Wildcards without regular expressions: those can backtrack for ever, and patterns are strangers' text.

/** The literal parts around a pattern's wildcards, or what is wrong with the pattern. */
export type WildcardParts = { readonly parts: readonly string[] } | { readonly rule: string };

/**
 * `*` stands for any text, also none; `\*` and `\\` for the characters themselves. Refused: a backslash before
 * anything else, and `**` (aws/event-ruler, README, "Wildcard matching": the library behind the language).
 */
export function wildcardParts(pattern: string): WildcardParts {
	const parts: string[] = [];
	let part = '';
	for (let at = 0; at < pattern.length; at++) {
		const character = pattern.charAt(at);
		const next = pattern.charAt(at + 1);
		if (character === '*') {
			if (next === '*') return { rule: 'must not have two * in a row' };
			parts.push(part);
			part = '';
		} else if (character !== '\\') {
			part += character;
		} else if (next === '*' || next === '\\') {
			part += next;
			at++;
		} else {
			return { rule: 'must have a backslash only before * or another backslash' };
		}
	}
	return { parts: [...parts, part] };
}

/**
 * Whether a text is the parts in order with anything between them. Each part is looked for once, from where the
 * one before ended: the first place that fits leaves most room, so no other needs trying. Linear in text and pattern.
 */
export function wildcardTest(parts: readonly string[]): (text: string) => boolean {
	const [first = '', ...others] = parts;
	const last = others.pop();
	if (last === undefined) return (text) => text === first;
	const searches = others.map(searchFor);
	return (text) => {
		const end = text.length - last.length;
		if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
		let at = first.length;
		for (const search of searches) {
			at = search(text, at, end);
			if (at < 0) return false;
		}
		return true;
	};
}

/** Where a part's first appearance between two positions ends, or -1. */
type Search = (text: string, from: number, end: number) => number;

/** Knuth, Morris and Pratt: `indexOf` may take the product of both lengths, hundreds of millions of steps of one body. */
function searchFor(part: string): Search {
	const borders = bordersOf(part);
	return (text, from, end) => {
		let matched = 0;
		for (let at = from; at < end; at++) {
			const unit = text.charCodeAt(at);
			while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1] as number;
			if (part.charCodeAt(matched) === unit) matched++;
			if (matched === part.length) return at + 1;
		}
		return -1;
	};
}

/** For each beginning of a part, how long its longest own beginning is that it also ends with. */
function bordersOf(part: string): readonly number[] {
	const borders = [0];
	let border = 0;
	for (let at = 1; at < part.length; at++) {
		while (border > 0 && part.charCodeAt(border) !== part.charCodeAt(at)) border = borders[border - 1] as number;
		if (part.charCodeAt(border) === part.charCodeAt(at)) border++;
		borders.push(border);
	}
	return borders;
}
