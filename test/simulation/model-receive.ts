import { isRefusal, type ReceivedMessage } from '../../durable-objects/protocol';
import type { Asking } from '../guarantees/script';
import { demand, type Held, isBefore, type Model } from './model';
import { holdAgain, isRepeat, repeatedBy } from './model-again';

/**
 * Checks what one receive was given, and gives it: only messages that may be handed out, in an order that the
 * queue promises, and nothing held back that must be given.
 */
export function checkReceive(model: Model, asking: Asking, answer: unknown, now: number): void {
	demand(!isRefusal(answer) && Array.isArray(answer), () => `a receive was refused: ${JSON.stringify(answer)}`);
	const given = answer as readonly ReceivedMessage[];
	const again = model.queue.paused ? undefined : repeatedBy(model, asking, now);
	if (again !== undefined && (again.isSure || isRepeat(again.receive, given))) {
		const { name, messages } = again.receive;
		const say = () =>
			`P3: the receive ${name} got ${messages.map((message) => message.name)}, and again ${given.length}`;
		demand(isRepeat(again.receive, given), say);
		holdAgain(model, again.receive, asking, given, now);
		return;
	}
	if (asking.as !== undefined && !model.queue.paused) model.named.delete(asking.as);
	demand(given.length <= asking.max, () => `a receive of ${asking.max} was given ${given.length}`);
	const taken = new Set<Held>();
	const waiting = model.messages.map((message) => ({ ...message }));
	for (const received of given) {
		const message = model.at(received.position);
		demand(message !== undefined, () => `P4: position ${received.position} is finished, and was handed out again`);
		demandMayTake(model, message, taken, now);
		demandSameContent(message, received);
		taken.add(message);
	}
	if (!model.queue.paused) demandNothingHeldBack(model, asking, taken, now);
	demandOrder(model, waiting, [...taken], asking, now);
	if (asking.keyFirst) demandKeyByKey(waiting, [...taken]);
	for (const [index, message] of [...taken].entries())
		take(model, message, given[index] as ReceivedMessage, asking, now);
	const leaseMs = asking.leaseMs ?? model.settings.visibilityTimeoutMs;
	if (asking.as !== undefined && taken.size > 0 && leaseMs > 0) name(model, asking.as, [...taken], now);
}

function name(model: Model, name: string, messages: readonly Held[], now: number): void {
	const receive = { name, at: now, messages, mayBeForgotten: false };
	model.named.set(name, receive);
	for (const message of messages) message.namedReceive = receive;
}

function demandMayTake(model: Model, message: Held, taken: ReadonlySet<Held>, now: number): void {
	const { name } = message;
	demand(!model.queue.paused, () => `${name} was handed out by a paused queue`);
	demand(!taken.has(message), () => `${name} was handed out twice by one receive`);
	demand(!model.isHeld(message, now), () => `P3: ${name} was handed out while its lease runs`);
	demand(message.until <= now, () => `P8: ${name} was handed out ${message.until - now} ms early`);
	demand(!model.isOver(message, now), () => `${name} was handed out after its end`);
	demand(
		message.attempts === 0 || !model.isLastAttempt(message),
		() => `P6: ${name} was handed out for the ${message.attempts + 1}th time`,
	);
	const mayBeGone = (other: Held) => other.mayBeGone || (model.mayBeOver(other, now) && !model.isHeld(other, now));
	const before = model.messages.find((other) => isBefore(other, message) && !taken.has(other) && !mayBeGone(other));
	demand(!goesAlone(model, message, taken), () => `P5: ${name} came with one of its key that had failed before`);
	demand(before === undefined, () => `P5: ${name} was handed out before ${before?.name} of the same key was finished`);
	const together = goesWith(model, message, taken);
	demand(together === undefined, () => `${name} was handed out together with ${together?.name}, and one was retried`);
}

/** One of the same key in the same answer that must not be: a message of a key that was handed out before goes alone. */
function goesWith(model: Model, message: Held, taken: ReadonlySet<Held>): Held | undefined {
	if (model.settings.delivery === 'at-most-once') return undefined;
	return [...taken].find((other) => isBefore(other, message) && (other.attempts > 0 || message.attempts > 0));
}

/**
 * A message that failed before is handed out without its followers: given back together with it, they would use up
 * their own receives for its sake.
 */
function goesAlone(model: Model, message: Held, taken: ReadonlySet<Held>): boolean {
	if (model.settings.delivery === 'at-most-once') return false;
	return [...taken].some((other) => isBefore(other, message) && other.attempts > 0);
}

function demandSameContent(message: Held, received: ReceivedMessage): void {
	const same =
		received.id === message.id &&
		received.body === message.body &&
		received.key === message.key &&
		received.priority === message.priority &&
		received.publishedAt === message.publishedAt &&
		received.attempt === message.attempts + 1;
	demand(same, () => `${message.name} came out as something else: ${JSON.stringify(received)}`);
}

/**
 * There are fewer keys and messages here than a receive may pass over; but a message without a key it cannot pass over, so
 * that nothing is demanded where there is one.
 */
function demandKeyByKey(waiting: readonly Held[], taken: readonly Held[]): void {
	if (waiting.some(({ key }) => key === undefined)) return;
	const back = taken.find(
		({ key }, index) => key !== taken[index - 1]?.key && taken.slice(0, index).some((other) => other.key === key),
	);
	demand(back === undefined, () => `P5: ${back?.name} came after another key, and its own had not been done`);
}

/** Whether this must be given to whoever asks, with `taken` already in the same answer. */
export function mustTake(model: Model, message: Held, taken: ReadonlySet<Held>, now: number): boolean {
	if (taken.has(message) || message.mayBeGone || model.mayBeOver(message, now)) return false;
	if (message.until > now) return false;
	if (message.attempts > 0 && (model.isLastAttempt(message) || message.doomed)) return false;
	if (goesWith(model, message, taken) !== undefined) return false;
	return (
		!goesAlone(model, message, taken) && !model.messages.some((other) => isBefore(other, message) && !taken.has(other))
	);
}

function demandNothingHeldBack(model: Model, asking: Asking, taken: ReadonlySet<Held>, now: number): void {
	if (taken.size >= asking.max) return;
	const held = model.messages.find((message) => mustTake(model, message, taken, now));
	demand(
		held === undefined,
		() => `${held?.name} may be handed out, and was not (${taken.size} of ${asking.max} given)`,
	);
}

/** Never handed out, never delayed, no key: read from the log as it comes. */
function isPlain(message: Held): boolean {
	return message.attempts === 0 && !message.delayed && message.key === undefined;
}

function demandOrder(
	model: Model,
	waiting: readonly Held[],
	taken: readonly Held[],
	asking: Asking,
	now: number,
): void {
	for (const [index, message] of taken.entries()) {
		const next = taken[index + 1];
		if (next === undefined) break;
		demand(next.priority <= message.priority, () => `${next.name} came behind ${message.name} of a lower priority`);
		if (next.priority !== message.priority) continue;
		const late = isPlain(message) && (next.attempts > 0 || (isPlain(next) && next.position < message.position));
		demand(!late, () => `${next.name} came behind ${message.name}, which is newer`);
	}
	if (taken.length < asking.max) return;
	const lowest = Math.min(...taken.map((message) => message.priority));
	const given = new Set(taken);
	const left = waiting
		.map(({ position }) => model.at(position) as Held)
		.filter((message) => mustTake(model, message, given, now));
	for (const message of left) {
		demand(
			message.priority <= lowest || message.key !== undefined,
			() => `${message.name} of a higher priority was left behind`,
		);
		const passed = taken.find(
			(other) =>
				isPlain(other) &&
				other.priority === message.priority &&
				message.key === undefined &&
				(message.attempts > 0 || (isPlain(message) && message.position < other.position)),
		);
		demand(passed === undefined, () => `${message.name} was left behind for ${passed?.name}, which is newer`);
	}
}

function take(model: Model, message: Held, received: ReceivedMessage, asking: Asking, now: number): void {
	if (message.attempts++ === 0) message.firstHandedOutAt = now;
	message.namedReceive = undefined;
	demand(received.firstReceivedAt === message.firstHandedOutAt, () => `${message.name} has another first receive`);
	if (model.settings.delivery === 'at-most-once') {
		demand(received.leaseExpiresAt === null, () => `P2: ${message.name} has a lease at most once`);
		model.forget(message);
		return;
	}
	message.leased = true;
	message.until = now + (asking.leaseMs ?? model.settings.visibilityTimeoutMs);
	message.handedOutAt = now;
	message.consumer = asking.by ?? 'somebody';
	message.leasedIn = model.commits;
	message.doomed = model.isLastAttempt(message);
	message.mayBeGone = false;
	demand(received.leaseExpiresAt === message.until, () => `${message.name} has another lease than was asked for`);
}
