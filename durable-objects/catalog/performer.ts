import type { Database } from '../database';
import type { Refusal } from '../protocol';
import { inParallel, type Objects, performDuty } from './calls';
import { findDuty, type LayoutKey } from './duties';
import { finishDuty } from './progress';

/** Layouts whose duties are performed at once. */
const dutiesAtOnce = 4;

/** Performs what is owed; what it leaves undone is the alarm's. */
export class Performer {
	/** What is being done now, by layout: two calls never work on the same duty. */
	private readonly running = new Map<string, Promise<Refusal | null>>();

	constructor(
		private readonly database: Database,
		private readonly objects: Objects,
		private readonly commit: <T>(transition: () => T) => T,
	) {}

	/** Does what is owed to these layouts now, and answers why one of the changes has not come about, if so. */
	async perform(layouts: readonly LayoutKey[]): Promise<Refusal | null> {
		const refusals: (Refusal | null)[] = [];
		await inParallel(layouts, dutiesAtOnce, async (layout) => {
			refusals.push(await this.performOnce(layout));
		});
		return refusals.find((refusal) => refusal !== null) ?? null;
	}

	private performOnce(layout: LayoutKey): Promise<Refusal | null> {
		const id = `${layout.name}/${layout.generation}/${layout.layout}`;
		const running = this.running.get(id);
		if (running) return running;
		if (!findDuty(this.database, layout)) return Promise.resolve(null);
		const started = this.performAll(id, layout);
		this.running.set(id, started);
		return started;
	}

	/** Every await lets another change in: `finishDuty` reads again what is owed. */
	private async performAll(id: string, layout: LayoutKey): Promise<Refusal | null> {
		let refusal: Refusal | null = null;
		try {
			for (let again = true; again; ) {
				const duty = findDuty(this.database, layout);
				if (!duty) break;
				const result = await performDuty(this.database, duty, this.objects);
				const now = Date.now();
				const step = this.commit(() => finishDuty(this.database, duty, result, now));
				refusal = step.refusal ?? refusal;
				again = step.again;
			}
			return refusal;
		} finally {
			// Here and not in a later turn: whoever writes the next duty must not be told that it is being done.
			this.running.delete(id);
		}
	}
}
