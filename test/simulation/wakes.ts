import type { Commit } from '../../durable-objects/engine/commands';
import { demand, type Held, type Model } from './model';
import { mustTake } from './model-receive';

/** The engine never sets an alarm: what it does not name here, nobody would ever do. */
export function demandWakes(model: Model, commit: Commit, somebodyWaits: boolean, now: number): void {
	for (const message of model.messages) {
		// Retention may have taken it when its lease was over: then there is nothing left to wake for.
		if (message.mayBeGone) continue;
		if (!message.leased || !message.doomed || !model.isLastAttempt(message) || !model.isHead(message)) continue;
		const isNamed = commit.dueAt !== null && commit.dueAt <= Math.max(message.until, now + 1);
		demand(
			isNamed,
			() => `P6: nothing wakes the engine when the last lease of ${message.name} ends (dueAt ${commit.dueAt})`,
		);
	}
	if (model.queue.paused || !somebodyWaits || commit.again) return;
	const left = model.messages.find((message) => mustTake(model, message, new Set(), now));
	demand(
		left === undefined,
		() => `${left?.name} may be handed out, somebody waits, and nothing brings the two together`,
	);
	const next = nextVisible(model, now);
	if (next === undefined) return;
	const { visibleAt } = commit;
	demand(
		visibleAt !== null && visibleAt <= next.until,
		() => `P8: nothing wakes a waiting receiver when ${next.name} is due (visibleAt ${visibleAt}, due ${next.until})`,
	);
}

/** The first message that only time keeps from being handed out. */
function nextVisible(model: Model, now: number): Held | undefined {
	const waiting = model.messages.filter((message) => message.until > now).sort((a, b) => a.until - b.until);
	return waiting.find((message) => mustTake(model, message, new Set(), message.until));
}
