import type { ReceivedMessage } from '../../durable-objects/protocol';
import type { Asking } from '../guarantees/script';
import { demand, type Held, isReceiveOver, type Model, type NamedReceive } from './model';

/** The receive that this one repeats, and whether it must: what may have been swept since, it may. */
export function repeatedBy(
	model: Model,
	{ as: name }: Asking,
	now: number,
): { readonly receive: NamedReceive; readonly isSure: boolean } | undefined {
	const receive = name === undefined ? undefined : model.named.get(name);
	if (receive === undefined || model.settings.delivery === 'at-most-once' || isReceiveOver(receive, now))
		return undefined;
	const isWhole = receive.messages.every(
		(message) => model.messages.includes(message) && message.namedReceive === receive && model.isHeld(message, now),
	);
	if (!isWhole) return undefined;
	const isSure = !receive.mayBeForgotten && !receive.messages.some(({ mayBeGone }) => mayBeGone);
	return { receive, isSure };
}

/** The same messages in the same order, at the attempts that they had. */
export function isRepeat({ messages }: NamedReceive, given: readonly ReceivedMessage[]): boolean {
	return (
		messages.length === given.length &&
		messages.every(
			({ position, attempts }, index) => given[index]?.position === position && given[index].attempt === attempts,
		)
	);
}

/** Checks the rest of a repeated answer, and holds its messages from now on. */
export function holdAgain(
	model: Model,
	{ messages }: NamedReceive,
	asking: Asking,
	given: readonly ReceivedMessage[],
	now: number,
): void {
	for (const [index, message] of messages.entries()) {
		message.until = now + (asking.leaseMs ?? model.settings.visibilityTimeoutMs);
		message.leasedIn = model.commits;
		message.doomed = model.isLastAttempt(message);
		message.mayBeGone = false;
		demandSame(message, given[index] as ReceivedMessage);
	}
}

function demandSame(message: Held, again: ReceivedMessage): void {
	const isSame =
		again.id === message.id &&
		again.body === message.body &&
		again.leaseExpiresAt === message.until &&
		again.firstReceivedAt === message.firstHandedOutAt;
	demand(isSame, () => `P3: ${message.name} was repeated as something else: ${JSON.stringify(again)}`);
}
