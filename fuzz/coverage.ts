import type { Request } from './request.ts';
import type { Outcome } from './wire.ts';

export interface Count {
	asked: number;
	succeeded: number;
	refused: number;
}

/** What was asked of which route or action, and what came of it. */
export class Coverage {
	readonly counts: Map<string, Count>;
	readonly codes = new Map<string, number>();
	readonly twists = new Map<string, number>();

	constructor(operations: readonly { readonly id: string }[]) {
		this.counts = new Map(operations.map(({ id }) => [id, { asked: 0, succeeded: 0, refused: 0 }]));
	}

	add({ operation, isAimed, twists }: Request, outcome: Outcome): void {
		for (const twist of twists) increase(this.twists, twist.split(':', 1)[0] as string);
		increase(this.codes, wordFor(outcome));
		const count = this.counts.get(operation.id);
		if (count === undefined || !isAimed || outcome.kind !== 'answered') return;
		count.asked++;
		if (outcome.status < 400) count.succeeded++;
		else count.refused++;
	}

	/** Routes of the document, and actions of AWS, that were never answered with success. */
	missed(): string[] {
		return [...this.counts].filter(([, { succeeded }]) => succeeded === 0).map(([id]) => id);
	}
}

function increase(counts: Map<string, number>, name: string): void {
	counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Of a problem, and of AWS's errors in either protocol. */
const CODE = /(?:"code":"|<Code>|"__type":"[\w.]+#)([\w.]+)/;

function wordFor(outcome: Outcome): string {
	if (outcome.kind !== 'answered') return outcome.kind;
	const code = CODE.exec(outcome.body.toString('latin1', 0, 10_000))?.[1];
	return outcome.status < 400 || code === undefined ? String(outcome.status) : `${outcome.status} ${code}`;
}
