import { LANE_SPAN } from '../../durable-objects/engine/message';
import type { CopyOf } from '../../durable-objects/protocol';

/** Where a message of a script is: its id, and its position while it is in the queue that it was published to. */
export interface Known {
	readonly name: string;
	readonly id: string;
	position: number;
}

/** What tells who a message is. */
export interface Seen {
	readonly id: string;
	readonly body: string;
	readonly copyOf?: CopyOf;
}

/**
 * Script names for messages, both ways. A copy that a courier has made of a message has its name, and an id of its own in each
 * queue. Receipts are made by the hand-outs that were seen.
 */
export class Names {
	private readonly byName = new Map<string, Known>();
	private readonly byId = new Map<string, Known>();
	private readonly bodies = new Map<string, string>();
	private readonly redrives = new Map<string, string>();

	/** A message of this name has this body, wherever it goes. */
	drafted(name: string, body: string): void {
		this.bodies.set(name, body);
	}

	/** `queue`: where it can be received under this id; absent where that is a matter of course, or a topic. */
	published(name: string, id: string, sequence: number, priority: number, queue?: string): Known {
		const known = { name, id, position: priority * LANE_SPAN + sequence };
		this.byName.set(name, known);
		if (queue !== undefined) this.byName.set(placed(name, queue), known);
		this.byId.set(id, known);
		return known;
	}

	/** The message, or undefined where its publish was refused, was a duplicate or is no longer in the script. */
	named(name: string, queue?: string): Known | undefined {
		return (queue === undefined ? undefined : this.namedIn(name, queue)) ?? this.byName.get(name);
	}

	/** As it was published to this queue, or seen there. */
	namedIn(name: string, queue: string): Known | undefined {
		return this.byName.get(placed(name, queue));
	}

	redriving(name: string, id: string): void {
		this.redrives.set(name, id);
	}

	/** The id of the redrive of this name; the name itself where it has none. */
	redriveId(name: string): string {
		return this.redrives.get(name) ?? name;
	}

	redriveOf(id: string): string {
		for (const [name, known] of this.redrives) if (known === id) return name;
		return id;
	}

	/** It was seen at a position: a message that moved to another queue keeps its id only. */
	moved(id: string, position: number): void {
		const known = this.byId.get(id);
		if (known !== undefined) known.position = position;
	}

	/** It was seen in a queue, and is what its name means there from now on. */
	seen(message: Seen, position: number, queue: string): void {
		const known = { name: this.nameOf(message.id, message), id: message.id, position };
		this.byName.set(placed(known.name, queue), known);
		if (!this.byId.has(known.id)) this.byId.set(known.id, known);
	}

	/** By its id; a copy by that of its source; what nobody was told the id of by its body. */
	nameOf(id: string, message?: Seen): string {
		const known = this.byId.get(id) ?? this.byId.get(message?.copyOf?.id ?? '');
		if (message === undefined) return known?.name ?? `?${id}`;
		const name = known?.name ?? this.nameOfBody(message.body) ?? `?${id}`;
		if (this.bodies.has(name) && this.bodies.get(name) !== message.body) return `${name} with another body`;
		const { copyOf } = message;
		if (copyOf !== undefined && known === undefined) this.byId.set(copyOf.id, { name, id: copyOf.id, position: 0 });
		return name;
	}

	/** The message and the attempt that a receipt such as `a#2` names. */
	receipt(text: string, queue?: string): { known: Known; attempt: number } | undefined {
		const [name = '', attempt] = text.split('#');
		const known = this.named(name, queue);
		return known === undefined ? undefined : { known, attempt: Number(attempt) };
	}

	private nameOfBody(body: string): string | undefined {
		for (const [name, drafted] of this.bodies) if (drafted === body) return name;
		return undefined;
	}
}

function placed(name: string, queue: string): string {
	return `${queue} ${name}`;
}
