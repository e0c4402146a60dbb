/** The words of one line, read from left to right; `"…"` and `'…'` are one word each and a comma stands alone. */
export class Words {
	private readonly words: string[];
	private position = 0;

	constructor(text: string) {
		this.words = (text.match(/"[^"]*"|'[^']*'|,|[^\s,]+/g) ?? []).map((word) =>
			word.startsWith("'") ? word.slice(1, -1) : word.replaceAll('"', ''),
		);
	}

	peek(): string | undefined {
		return this.words[this.position];
	}

	/** Takes a sign off the front of the next word. */
	prefix(sign: string): boolean {
		const word = this.words[this.position];
		if (word?.startsWith(sign) !== true) return false;
		this.words[this.position] = word.slice(sign.length);
		return true;
	}

	done(): boolean {
		return this.position >= this.words.length;
	}

	next(what: string): string {
		const word = this.words[this.position];
		if (word === undefined || word === ',') throw new Error(`expected ${what}, found ${word ?? 'the end'}`);
		this.position += 1;
		return word;
	}

	number(what: string): number {
		const word = this.next(what);
		if (!/^\d+(\.\d+)?$/.test(word)) throw new Error(`expected ${what}, found "${word}"`);
		return Number(word);
	}

	whole(what: string): number {
		const number = this.number(what);
		if (!Number.isInteger(number)) throw new Error(`expected ${what}: a whole number, found ${number}`);
		return number;
	}

	/** Seconds in the script, milliseconds in the answer. */
	milliseconds(what: string): number {
		return Math.round(this.number(what) * 1_000);
	}

	/** A JSON object. */
	json(what: string): Record<string, unknown> {
		const word = this.next(what);
		try {
			return JSON.parse(word);
		} catch {
			throw new Error(`expected ${what} as JSON, found "${word}"`);
		}
	}

	oneOf<const Choice extends string>(choices: readonly Choice[]): Choice {
		const word = this.next(choices.join(', '));
		const choice = choices.find((one) => one === word);
		if (choice === undefined) throw new Error(`"${word}" is none of ${choices.join(', ')}`);
		return choice;
	}

	/** Items parted by commas. */
	list<Item>(item: (words: Words) => Item): Item[] {
		const items = [item(this)];
		while (this.peek() === ',') {
			this.position += 1;
			items.push(item(this));
		}
		return items;
	}

	/** `name value` pairs in any order, each at most once, up to a comma or the end. */
	options(readers: Readonly<Record<string, () => unknown>>): void {
		const seen = new Set<string>();
		while (!this.done() && this.peek() !== ',') {
			const name = this.next('an option');
			const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
			if (read === undefined) throw new Error(`"${name}" is none of ${Object.keys(readers).join(', ')}`);
			if (seen.has(name)) throw new Error(`"${name}" stands twice`);
			seen.add(name);
			read();
		}
	}

	/** Takes a trailing `word value` pair off the line. */
	trailing(word: string): string | undefined {
		if (this.words.at(-2) !== word) return undefined;
		return this.words.splice(-2)[1];
	}

	end(): void {
		if (!this.done()) throw new Error(`"${this.peek()}" is one word too many`);
	}
}
