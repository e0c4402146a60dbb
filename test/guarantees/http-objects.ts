import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { type Address, partitionObjectName, topicIn, topicObjectName } from '../../durable-objects/protocol';
import { ObjectTimers } from './http-timers';

/** Far more than any script needs. */
const ROUNDS = 1_000;

/** Nothing is due in so many rounds, one after the other: then what was begun is at its end too. */
const QUIET = 2;

/** The objects of a script's queues and topics: their alarms ring, and their timers fire, when the script says so. */
export class HttpObjects {
	/** Queues and topics of the script, by address, and how often each has been made. */
	private readonly generations = new Map<Address, number>();
	private readonly timers: ObjectTimers;

	/** `nameOf`: the real name of a script's queue or topic. */
	constructor(
		private readonly nameOf: (name: string) => string,
		now: number,
	) {
		this.timers = new ObjectTimers(now);
	}

	close(): void {
		this.timers.close();
	}

	has(address: Address): boolean {
		return this.generations.has(address);
	}

	/** Again: a queue that was deleted is made anew, in other objects. */
	add(address: Address): void {
		this.generations.set(address, (this.generations.get(address) ?? 0) + 1);
	}

	all(): DurableObjectStub[] {
		return [...this.generations].flatMap(([address, generations]) => {
			const topic = topicIn(address);
			const name = this.nameOf(topic ?? address);
			return Array.from({ length: generations }, (_, index) => {
				const known = { name, generation: index + 1 };
				if (topic !== undefined) return env.TOPIC.getByName(topicObjectName(known, 0));
				return env.PARTITION.getByName(partitionObjectName({ ...known, layout: 1 }, 0));
			});
		});
	}

	/** Rings every alarm at its instant and lets timers fire in the objects that set them. */
	async advance(target: number): Promise<void> {
		for (let next = await this.nextInstant(); next <= target; next = await this.nextInstant()) {
			this.moveTo(Math.max(next, Date.now()));
			await this.settle();
		}
		this.moveTo(target);
	}

	/** What is due now happens until nothing is left, and couriers come to their end; what runs beside them gets its turns. */
	async settle(): Promise<void> {
		let quiet = 0;
		for (let rounds = 0; rounds < ROUNDS; rounds++) {
			await this.fire();
			const isRinging = (await this.nextInstant()) <= Date.now();
			if (isRinging) await this.ring();
			quiet = isRinging || (await this.isCarrying()) ? 0 : quiet + 1;
			if (quiet === QUIET) return;
			// Whoever gives way to others goes on.
			if (!isRinging) await scheduler.wait(0);
		}
		throw new Error('the queues do not come to rest');
	}

	/** Timers that are due. */
	async fire(): Promise<void> {
		for (const object of this.all()) {
			await runInDurableObject(object, (_object, { id, storage }) => {
				this.timers.meet(id.toString(), storage);
				this.timers.fire(storage);
			});
		}
	}

	/** Objects and timers are gone; those that are asked again live anew. */
	async wereReset(): Promise<void> {
		this.timers.forget();
		await this.fire();
	}

	/** When the next alarm or timer is due. */
	async nextInstant(): Promise<number> {
		const alarms = await Promise.all(
			this.all().map((object) => runInDurableObject(object, (_object, state) => state.storage.getAlarm())),
		);
		return Math.min(this.timers.next(), ...alarms.map((alarm) => alarm ?? Number.POSITIVE_INFINITY));
	}

	private async ring(): Promise<void> {
		for (const object of this.all()) {
			const alarm = await runInDurableObject(object, (_object, state) => state.storage.getAlarm());
			if (alarm !== null && alarm <= Date.now()) await runDurableObjectAlarm(object);
		}
	}

	private async isCarrying(): Promise<boolean> {
		const objects = this.all();
		const carrying = await Promise.all(objects.map((object) => runInDurableObject(object, isCarrying)));
		return carrying.includes(true);
	}

	private moveTo(instant: number): void {
		if (Date.now() !== instant) vi.setSystemTime(instant);
	}
}

/** What the shells of a queue's and of a topic's object have in common, looked at from within. */
interface Shell {
	readonly engine: { readonly owedTargets: Iterable<string> } | { owed(): Iterable<string> };
	readonly courier: { readonly under: ReadonlySet<string>; mayCarry(line: string, now: number): boolean };
}

/** Whether the courier is at work, or has something that it does not put off. */
function isCarrying(object: unknown): boolean {
	const { engine, courier } = object as Shell;
	const lines = [...('owed' in engine ? engine.owed() : engine.owedTargets)];
	return courier.under.size > 0 || lines.some((line) => courier.mayCarry(line, Date.now()));
}
