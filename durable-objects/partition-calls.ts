import { DurableObject } from 'cloudflare:workers';
import type { Command } from './engine/commands';
import type { Env } from './env';
import { Intake } from './intake';
import type * as protocol from './protocol';
import {
	fromText,
	LastText,
	type Packed,
	packReceived,
	packResult,
	publishAnswer,
	type Queue,
	type Received,
	type Refusal,
	type Text,
	toText,
	unpack,
	unpackSettle,
} from './protocol';
import { type Entry, entryOf } from './waiters';

/** What a partition can be called for over RPC that is but a command: how each crosses. */
export abstract class PartitionCalls extends DurableObject<Env> {
	protected readonly tag: string;
	private readonly settings = new LastText<Queue>();
	private readonly intake = new Intake();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.tag = ctx.id.toString().slice(0, 16);
	}

	/** Has commands carried out; those that enter together, in one commit. */
	protected abstract enter(...entries: readonly Entry[]): void;

	protected run<Result>(command: Command): Promise<Result> {
		const { entry, result } = entryOf<Result>(command);
		this.enter(entry);
		return result;
	}

	async publish(queue: Text<Queue>, packed: Packed): Promise<Text<protocol.PublishOutcomes>> {
		type Outcomes = Refusal | protocol.PublishOutcome[] | protocol.AcceptedRun;
		const command = () => ({ queue: this.settings.read(queue), messages: unpack(packed) });
		const publish = () => this.run<Outcomes>({ kind: 'publish', ...command() });
		const outcomes = await this.intake.take(packed.messages.length + packed.bodies.length, publish);
		return publishAnswer(this.tag, outcomes, packed);
	}

	async receive(
		queue: Text<Queue>,
		command: Text<protocol.ReceiveCommand>,
	): Promise<Refusal | protocol.PackedReceived> {
		const receive = { kind: 'receive', queue: this.settings.read(queue), command: fromText(command) } as const;
		return packReceived(this.tag, await this.run(receive));
	}

	async settle(queue: Text<Queue>, command: Text<protocol.PackedSettle>): Promise<Text<protocol.PackedResult>> {
		const settle = { kind: 'settle', queue: this.settings.read(queue), command: unpackSettle(command) } as const;
		return packResult(await this.run(settle));
	}

	/** Settles, then receives: two commands of one commit. */
	async settleAndReceive(
		queue: Text<Queue>,
		settlement: Text<protocol.PackedSettle>,
		command: Text<protocol.ReceiveCommand>,
	): Promise<protocol.PackedExchange> {
		const known = this.settings.read(queue);
		const settle = entryOf<Refusal | protocol.SettleResult>({
			kind: 'settle',
			queue: known,
			command: unpackSettle(settlement),
		});
		const receive = entryOf<Refusal | Received>({ kind: 'receive', queue: known, command: fromText(command) });
		this.enter(settle.entry, receive.entry);
		const [settled, received] = await Promise.all([settle.result, receive.result]);
		return { settled: packResult(settled), received: packReceived(this.tag, received) };
	}

	/** A settle with handovers. A method of its own: an object that still runs code from before it must not acknowledge alone. */
	handOver(queue: Text<Queue>, command: Text<protocol.PackedSettle>): Promise<Text<protocol.PackedResult>> {
		return this.settle(queue, command);
	}

	browse(queue: Queue, command: protocol.BrowseCommand): Promise<Refusal | protocol.BrowseResult> {
		return this.run({ kind: 'browse', queue, command });
	}

	look(queue: Queue, id: string): Promise<Refusal | protocol.BrowsedMessage> {
		return this.run({ kind: 'look', queue, id });
	}

	remove(queue: Queue, id: string): Promise<Refusal | protocol.BrowsedMessage> {
		return this.run({ kind: 'remove', queue, id });
	}

	redrive(queue: Queue, command: protocol.RedriveCommand): Promise<Refusal | protocol.RedriveResult> {
		return this.run({ kind: 'redrive', queue, command });
	}

	/** The newest redrives of this partition, the newest first. */
	redrives(queue: Queue): Promise<Refusal | protocol.RedriveRun[]> {
		return this.run({ kind: 'redrives', queue });
	}

	/** Ends a running redrive: what has left is on its way, the rest stays. Refused with `redrive_not_found`. */
	cancelRedrive(queue: Queue, id: string): Promise<Refusal | protocol.RedriveRun> {
		return this.run({ kind: 'cancelRedrive', queue, id });
	}

	purge(queue: Queue, forgetDedup = false): Promise<Refusal | { purged: number }> {
		return this.run({ kind: 'purge', queue, forgetDedup });
	}

	/** Adopts newer settings at once, e.g. so that a resume wakes who waits. */
	configure(queue: Queue): Promise<Refusal | null> {
		return this.run({ kind: 'configure', queue });
	}

	async deliver(queue: Text<Queue>, delivery: Text<protocol.Delivery>): Promise<Text<protocol.DeliveryResult>> {
		return toText(await this.run({ kind: 'deliver', queue: this.settings.read(queue), delivery: fromText(delivery) }));
	}

	seal(queue: Queue): Promise<Refusal | null> {
		return this.run({ kind: 'seal', queue });
	}

	unseal(queue: Queue): Promise<Refusal | null> {
		return this.run({ kind: 'unseal', queue });
	}

	destroy(queue: Queue): Promise<null> {
		return this.run({ kind: 'destroy', queue });
	}
}
