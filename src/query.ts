import { invalid } from './validation';

/** The query of an address as one text per name; null without one, which is the usual case on the hot path. */
export function queryOf(url: string): Record<string, string> | null {
	const mark = url.indexOf('?');
	if (mark === -1) return null;
	const hash = url.indexOf('#', mark);
	const values: Record<string, string> = Object.create(null);
	for (const pair of url.slice(mark + 1, hash === -1 ? undefined : hash).split('&')) {
		if (pair === '') continue;
		const equals = pair.indexOf('=');
		const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
		if (name in values) throw invalid([{ detail: `${name} is given twice`, parameter: name }]);
		values[name] = equals === -1 ? '' : decoded(pair.slice(equals + 1));
	}
	return values;
}

/** Unlike `URLSearchParams`, it refuses bytes that are not UTF-8: two keys must not become one. */
function decoded(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		throw invalid([{ detail: `${text} in the query is not percent-encoded UTF-8`, parameter: text }]);
	}
}
