import type { CarriedMessage, Delivery, DeliveryResult } from '../../../durable-objects/protocol';
import { demand } from '../model';
import type { Simulated } from './objects';

interface Taken {
	generation: number;
	taken: number;
}

/** What one object has taken per source, and so what is new of each delivery. */
export class InboxModel {
	private readonly sources = new Map<string, Taken>();

	constructor(private readonly on: Simulated) {}

	/** The messages that this delivery brought, in order. */
	bring({ source, generation, messages }: Delivery, { taken, refusal }: DeliveryResult): readonly CarriedMessage[] {
		const before = this.sources.get(source);
		const told = () => `delivery of ${source}/${generation} to ${this.on.name}`;
		if (before !== undefined && before.generation > generation) {
			const last = messages.at(-1)?.courierPosition ?? 0;
			demand(taken >= last, () => `P9: a ${told()} is from before a move, and is asked for again`);
			return [];
		}
		const known = before?.generation === generation ? before.taken : 0;
		const brought = messages.filter(({ courierPosition: at }) => at > known && at <= taken);
		const last = refusal === undefined ? messages : brought;
		const expected = Math.max(known, last.at(-1)?.courierPosition ?? 0);
		demand(taken === expected, () => `P9: a ${told()} took ${taken}, not ${expected}`);
		if (brought.length > 0) this.sources.set(source, { generation, taken });
		return brought;
	}

	/** The rows say the same: nothing is taken that was never sent. */
	check(): void {
		const rows = this.on.database.all<Taken & { source: string }>('SELECT source, taken, generation FROM inbox');
		for (const { source, taken, generation } of rows) {
			const known = this.sources.get(source);
			const isSame = known?.taken === taken && known.generation === generation;
			demand(isSame, () => `${this.on.name} took ${taken} of ${source}/${generation}, not ${JSON.stringify(known)}`);
		}
		demand(rows.length === this.sources.size, () => `the inbox of ${this.on.name} forgot a source`);
	}
}
