/**
 * How many of many delayed rows are due, without counting them all: each row is counted when its instant is passed,
 * and only the rows that fell due since the last look are read.
 */
export class DueCount {
	private until = Number.NEGATIVE_INFINITY;
	private due = 0;

	/** `between` counts the rows with an instant in (after, until]. */
	constructor(private readonly between: (after: number, until: number) => number) {}

	/** A row with this instant appeared (1) or went (-1). */
	moved(at: number, sign: 1 | -1): void {
		if (at <= this.until) this.due += sign;
	}

	at(now: number): number {
		if (now < this.until) this.clear();
		if (now > this.until) {
			this.due += this.between(Math.max(this.until, -1), now);
			this.until = now;
		}
		return this.due;
	}

	clear(): void {
		this.until = Number.NEGATIVE_INFINITY;
		this.due = 0;
	}
}
