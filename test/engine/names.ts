import { LANE_SPAN } from '../../durable-objects/engine/message';

/** Where a message of a script is: its id, and its position while it is in the queue that it was published to. */
export interface Known {
	readonly name: string;
	readonly id: string;
	position: number;
}

/** Script names for messages, both ways. Receipts are made by the hand-outs that were seen. */
export class Names {
	private readonly byName = new Map<string, Known>();
	private readonly byId = new Map<string, Known>();

	published(name: string, id: string, sequence: number, priority: number): Known {
		const known = { name, id, position: priority * LANE_SPAN + sequence };
		this.byName.set(name, known);
		this.byId.set(id, known);
		return known;
	}

	/** The message, or undefined where its publish was refused, was a duplicate or is no longer in the script. */
	named(name: string): Known | undefined {
		return this.byName.get(name);
	}

	/** It was seen at a position: a message that moved to another queue keeps its id only. */
	moved(id: string, position: number): void {
		const known = this.byId.get(id);
		if (known !== undefined) known.position = position;
	}

	nameOf(id: string): string {
		return this.byId.get(id)?.name ?? `?${id}`;
	}

	/** The message and the attempt that a receipt such as `a#2` names. */
	receipt(text: string): { known: Known; attempt: number } | undefined {
		const [name = '', attempt] = text.split('#');
		const known = this.named(name);
		return known === undefined ? undefined : { known, attempt: Number(attempt) };
	}
}
