import { LANE_SPAN } from '../../durable-objects/engine/message';
import { isRefusal, type PublishOutcome } from '../../durable-objects/protocol';
import { bodyOf } from '../engine/commands';
import type { Draft } from '../guarantees/script';
import { demand, type Held, type Model } from './model';

/** Checks the answers to one publish and takes what was accepted. Answers the new messages. */
export function checkPublish(
	model: Model,
	drafts: readonly Draft[],
	outcomes: readonly PublishOutcome[],
	now: number,
	epoch: number,
): Held[] {
	demand(Array.isArray(outcomes) && outcomes.length === drafts.length, () => 'a publish was not answered one for one');
	const added: Held[] = [];
	for (const [index, draft] of drafts.entries()) {
		const message = checkOne(model, draft, outcomes[index] as PublishOutcome, now, epoch);
		if (message !== undefined) added.push(message);
	}
	return added;
}

function checkOne(model: Model, draft: Draft, outcome: PublishOutcome, now: number, epoch: number): Held | undefined {
	const { settings } = model;
	const first = draft.dedupId === undefined ? undefined : model.accepted.get(draft.dedupId);
	const inWindow = first !== undefined && now < first.at + settings.dedupWindowMs;
	if (!isRefusal(outcome) && outcome.duplicate) {
		demand(inWindow, () => `P7: ${draft.name} is called a duplicate, its id is not in the window`);
		demand(outcome.id === first.id, () => `P7: ${draft.name} is a duplicate of another message`);
		return undefined;
	}
	demand(!inWindow || first.mayBeForgotten, () => `P7: ${draft.name} was not recognised as a duplicate`);
	if (checkRoom(model, draft, outcome)) return undefined;
	const accepted = outcome as Exclude<PublishOutcome, { refused: string }>;
	demand(accepted.sequence > model.lastSequence, () => `${draft.name} has a sequence number that was given before`);
	model.lastSequence = accepted.sequence;
	const deliverAt = draft.deliverAt === undefined ? now + (draft.delayMs ?? settings.delayMs) : epoch + draft.deliverAt;
	const delayed = deliverAt > now;
	const message: Held = {
		name: draft.name,
		id: accepted.id,
		position: (draft.priority ?? 0) * LANE_SPAN + accepted.sequence,
		priority: draft.priority ?? 0,
		key: draft.key,
		body: bodyOf(draft),
		publishedAt: now,
		delayed,
		retainedFrom: delayed ? deliverAt : now,
		retainedFromAtLatest: delayed ? deliverAt : now,
		expiresAt: draft.ttlMs === undefined ? Number.POSITIVE_INFINITY : now + draft.ttlMs,
		attempts: 0,
		leased: false,
		until: delayed ? deliverAt : 0,
		handedOutAt: 0,
		firstHandedOutAt: 0,
		consumer: '',
		leasedIn: 0,
		doomed: false,
		headAt: undefined,
		namedReceive: undefined,
		mayBeGone: false,
	};
	model.messages.push(message);
	if (draft.dedupId !== undefined)
		model.accepted.set(draft.dedupId, { id: message.id, at: now, mayBeForgotten: false });
	return message;
}

/** Whether it was refused, which it must be exactly when the queue is full. */
function checkRoom(model: Model, draft: Draft, outcome: PublishOutcome): boolean {
	const { maxBacklog, maxBacklogBytes } = model.settings;
	const sure = model.messages.filter((message) => !message.mayBeGone);
	const bytes = (messages: readonly Held[]) =>
		messages.reduce((sum, { body }) => sum + body.length, bodyOf(draft).length);
	const isFull = (messages: readonly Held[]) =>
		(maxBacklog !== null && messages.length + 1 > maxBacklog) ||
		(maxBacklogBytes !== null && bytes(messages) > maxBacklogBytes);
	if (isRefusal(outcome)) {
		demand(outcome.refused === 'backlog_full', () => `${draft.name} was refused: ${outcome.refused}`);
		demand(isFull(model.messages), () => `P11: ${draft.name} was refused though there is room`);
		return true;
	}
	demand(!isFull(sure), () => `P11: ${draft.name} was accepted beyond the bound`);
	return false;
}

/** Messages of one commit and lane may share a segment, and with it the longest retention among them. */
export function shareRetention(messages: readonly Held[]): void {
	for (const priority of new Set(messages.map((message) => message.priority))) {
		const inLog = messages.filter(
			(message) => message.priority === priority && (!message.delayed || message.key !== undefined),
		);
		const latest = Math.max(...inLog.map((message) => message.retainedFrom));
		for (const message of inLog) message.retainedFromAtLatest = latest;
	}
}
