import type { Sender } from './courier';
import type { Command } from './engine/commands';
import type { PartitionEngine } from './engine/engine';
import type { OutboxParcel } from './engine/outbox';
import type { Env } from './env';
import {
	type CarriedMessage,
	type Delivery,
	fromText,
	isRefusal,
	isTopic,
	LIMITS,
	partitionObjectName,
	type Queue,
	type Target,
	type Text,
	told,
	topicIn,
	topicObjectName,
	toText,
} from './protocol';

/** The courier's ways to other objects, the same for whomever it works. */
type Ways = Pick<Sender<never>, 'resolve' | 'deliver' | 'giveWay' | 'now'>;

/** The runtime lets no call to another object out before what was committed is durable (output gate). */
export function waysTo(env: Env): Ways {
	let turn: Promise<void> | undefined;
	return {
		resolve: async (address) => {
			const catalog = env.CATALOG.getByName('catalog');
			const topic = topicIn(address);
			const target = await (topic === undefined ? catalog.getQueue(address) : catalog.getTopic(topic));
			return isRefusal(target) ? target : told<Target>(target);
		},
		deliver: async (target, index, delivery) => fromText(await answered(call(env, target, index, delivery))),
		// All that wait go on together, so that what they do next shares commits.
		giveWay: () => {
			turn ??= scheduler.wait(0).then(() => {
				turn = undefined;
			});
			return turn;
		},
		now: () => Date.now(),
	};
}

function call(env: Env, target: Target, index: number, delivery: Delivery) {
	const { location } = target.settings;
	const options = location === null ? {} : { locationHint: location };
	const text = textOf(delivery);
	if (isTopic(target))
		return env.TOPIC.getByName(topicObjectName(target, index), options).deliver(toText(target), text);
	return env.PARTITION.getByName(partitionObjectName(target, index), options).deliver(toText(target), text);
}

const texts = new WeakMap<CarriedMessage, string>();

/** As `toText`; but a message that goes to many subscriptions is written once. */
function textOf({ source, generation, messages }: Delivery): Text<Delivery> {
	const written = messages.map((message) => {
		let text = texts.get(message);
		if (text === undefined) {
			text = JSON.stringify(message);
			texts.set(message, text);
		}
		return text;
	});
	return `{"source":${JSON.stringify(source)},"generation":${generation},"messages":[${written.join()}]}`;
}

/** A target that hangs must not hold its line, and the worker that serves it, for ever: not answering is failing. */
async function answered<T>(answer: Promise<T>): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new Error('the target did not answer in time')), LIMITS.courierTimeoutMs);
	try {
		return await Promise.race([answer, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}

/** What a partition owes. `engine` answers the present one: it is built anew after a failure. */
export function outboxOf(
	engine: () => PartitionEngine,
	run: (command: Command) => Promise<unknown>,
): Omit<Sender<OutboxParcel>, keyof Ways> {
	const queue = () => engine().queue as Queue;
	return {
		owed: () => engine().owedTargets,
		parcelFor: (target) => engine().parcelFor(target),
		setRoute: async (parcel, route) => {
			await run({ kind: 'route', queue: queue(), parcel, route });
			return true;
		},
		setTaken: async (parcel, positions) => void (await run({ kind: 'taken', queue: queue(), parcel, positions })),
		giveBack: async (parcel) => {
			if (!parcel.messages.some((message) => message.isRedriven)) return false;
			await run({ kind: 'giveBack', queue: queue(), parcel });
			return true;
		},
		paceMs: () => 0,
	};
}
