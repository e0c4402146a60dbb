/**
 * Does a name match a pattern in which `*` stands for any text? Linear in name times stars: a regular expression
 * made from `*a*a*a*` could take exponential time.
 */
export function matches(pattern: string, name: string): boolean {
	let p = 0;
	let n = 0;
	let star = -1;
	let resume = 0;
	while (n < name.length) {
		if (pattern[p] === '*') {
			star = p++;
			resume = n;
		} else if (pattern[p] === name[n]) {
			p++;
			n++;
		} else if (star !== -1) {
			p = star + 1;
			n = ++resume;
		} else return false;
	}
	while (pattern[p] === '*') p++;
	return p === pattern.length;
}
