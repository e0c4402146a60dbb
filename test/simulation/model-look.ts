import {
	type BrowsedMessage,
	type BrowseResult,
	type Figures,
	isRefusal,
	type MessageState,
} from '../../durable-objects/protocol';
import { demand, type Held, type Model } from './model';

export function stateOf(message: Held, now: number): MessageState {
	if (message.until <= now) return 'visible';
	return message.leased ? 'leased' : 'delayed';
}

/** A look shows exactly the unfinished messages, each in its state; those past their end it may show. */
export function checkBrowse(model: Model, state: MessageState | undefined, answer: unknown, now: number): void {
	const { messages, next } = answer as BrowseResult;
	let last = -1;
	for (const shown of messages) {
		demand(shown.position > last, () => 'P12: a browse is out of order');
		last = shown.position;
		checkShown(model, shown, now);
		demand(state === undefined || shown.state === state, () => `P12: browse ${state} showed a ${shown.state} message`);
	}
	const shown = new Set(messages.map((message) => message.position));
	const missing = model.messages.find(
		(message) =>
			!message.mayBeGone &&
			!shown.has(message.position) &&
			(state === undefined || stateOf(message, now) === state) &&
			(next === null || message.position <= next),
	);
	demand(missing === undefined, () => `P12: a browse does not show ${missing?.name}`);
}

export function checkLook(model: Model, id: string, answer: unknown, now: number): void {
	if (isRefusal(answer)) {
		const message = model.withId(id);
		demand(message === undefined || message.mayBeGone, () => `P12: ${message?.name} is not found`);
		if (message !== undefined) model.forget(message);
	} else checkShown(model, answer as BrowsedMessage, now);
}

export function checkRemove(model: Model, id: string, answer: unknown, now: number): void {
	checkLook(model, id, answer, now);
	const message = model.withId(id);
	if (message !== undefined) model.forget(message);
}

function checkShown(model: Model, shown: BrowsedMessage, now: number): void {
	const message = model.at(shown.position);
	demand(message !== undefined, () => `P12: ${shown.body} is finished, and is shown`);
	const state = stateOf(message, now);
	const same =
		shown.id === message.id &&
		shown.body === message.body &&
		shown.key === message.key &&
		shown.attempt === message.attempts &&
		shown.publishedAt === message.publishedAt &&
		shown.state === state &&
		shown.firstReceivedAt === (message.attempts === 0 ? undefined : message.firstHandedOutAt) &&
		shown.until === (state === 'visible' ? undefined : message.until);
	demand(
		same,
		() => `P12: ${message.name} is ${state}, attempt ${message.attempts}; it is shown as ${JSON.stringify(shown)}`,
	);
}

export function checkPurge(model: Model, forgets: boolean, answer: unknown): void {
	const { purged } = answer as { purged: number };
	const sure = model.messages.filter((message) => !message.mayBeGone).length;
	demand(purged >= sure && purged <= model.messages.length, () => `purge took ${purged} of ${model.messages.length}`);
	model.messages = [];
	if (forgets) model.accepted.clear();
}

/**
 * Exact while nothing is past its end and the clock never went back; bounds otherwise. The oldest is read from rows,
 * which the commit's other commands have not written yet: it is checked where the figures were asked `alone`.
 */
export function checkFigures(model: Model, answer: unknown, now: number, alone: boolean): void {
	const figures = answer as Figures;
	const sure = model.messages.filter((message) => !message.mayBeGone && !model.mayBeOver(message, now));
	const total = figures.visible + figures.leased + figures.delayed;
	const say = () => `the figures are ${JSON.stringify({ ...figures, totals: undefined })}`;
	demand(
		total >= sure.length && total <= model.messages.length,
		() => `${say()}, there are ${model.messages.length} messages`,
	);
	if (sure.length !== model.messages.length || now < model.latest) return;
	const count = (state: MessageState) => sure.filter((message) => stateOf(message, now) === state).length;
	const wanted = {
		visible: count('visible'),
		leased: count('leased'),
		delayed: count('delayed'),
		bytes: sure.reduce((sum, { body }) => sum + body.length, 0),
		oldestPublishedAt: sure.length === 0 ? null : Math.min(...sure.map((message) => message.publishedAt)),
	};
	for (const [name, value] of Object.entries(wanted)) {
		if (name === 'oldestPublishedAt' && (!alone || model.clockWentBack)) continue;
		demand(figures[name as keyof typeof wanted] === value, () => `${say()}, ${name} is ${value}`);
	}
}
