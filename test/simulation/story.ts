import { formatLine } from '../guarantees/format';
import {
	type Action,
	type Answer,
	DEFAULT_QUEUE,
	type Draft,
	type Entry,
	goodAnswer,
	type Settings,
} from '../guarantees/script';
import { shrink } from './shrink';
import type { Event } from './trial';

/** All that it takes to see a trial again. */
export interface Story {
	readonly settings: Settings;
	readonly events: readonly Event[];
}

/** One line of a script; lines of one group are one commit. */
interface Atom {
	readonly group: number;
	readonly at: number;
	readonly queue: string | undefined;
	readonly action: Action;
}

/** What was answered to a line: the action itself is the key, as each stands once in a story. */
export type Answers = Map<Action, Answer>;

/** Plays a story and notes the answers; throws at the first that is wrong. */
export type Play = (story: Story, answers: Answers) => void | Promise<void>;

export interface Shrunk {
	/** What the shortest story fails with. */
	readonly error: Error | undefined;
	readonly script: string;
}

/** Shortens a story on which `play` throws to lines, options and settings that all matter, and prints it. */
export async function shrinkStory(story: Story, play: Play): Promise<Shrunk> {
	let error: Error | undefined;
	let answers: Answers = new Map();
	const fails = async (settings: Settings, atoms: readonly Atom[]): Promise<boolean> => {
		try {
			answers = new Map();
			await play({ settings, events: eventsOf(atoms) }, answers);
			return false;
		} catch (thrown) {
			error = thrown as Error;
			return true;
		}
	};
	let { settings } = story;
	let atoms = await shrink(atomsOf(story.events, false), (fewer) => fails(settings, fewer));
	const apart = atomsOf(eventsOf(atoms), true);
	if (await fails(settings, apart)) atoms = await shrink(apart, (fewer) => fails(settings, fewer));
	for (const name of Object.keys(settings) as (keyof Settings)[]) {
		const { [name]: _, ...fewer } = settings;
		if (await fails(fewer, atoms)) settings = fewer;
	}
	for (const index of atoms.keys()) {
		for (const simpler of simplerThan(atoms[index] as Atom)) {
			const changed = atoms.with(index, simpler);
			if (await fails(settings, changed)) atoms = changed;
		}
	}
	await fails(settings, atoms);
	return { error, script: `${printed({ settings, events: eventsOf(atoms) }, answers)}\n# ${error?.message}` };
}

/** Line by line; `apart` also takes batches to pieces, which stay in one commit. */
function atomsOf(events: readonly Event[], apart: boolean): Atom[] {
	return events.flatMap(({ at, queue, actions }, group) =>
		actions
			.flatMap((action) => (apart ? pieces(action) : [action]))
			.map((piece) => ({ group, at, queue, action: piece })),
	);
}

function pieces(action: Action): Action[] {
	if (action.verb === 'publish') return action.messages.map((message) => ({ verb: 'publish', messages: [message] }));
	if (action.verb === 'settle') return action.entries.map((entry) => ({ verb: 'settle', entries: [entry] }));
	return [action];
}

function eventsOf(atoms: readonly Atom[]): Event[] {
	const events: (Event & { group: number; actions: Action[] })[] = [];
	for (const { group, at, queue, action } of atoms) {
		const last = events.at(-1);
		if (last?.group === group) last.actions.push(action);
		else events.push({ group, at, queue, actions: [action] });
	}
	return events;
}

/** The same line with one option less, for each option it has, the ones before left out already if they could be. */
function* simplerThan(atom: Atom): Generator<Atom> {
	const { action } = atom;
	if (action.verb === 'publish' && action.messages.length === 1) {
		const [draft] = action.messages as [Draft];
		for (const option of Object.keys(draft) as (keyof Draft)[]) {
			if (option === 'name') continue;
			const { [option]: _, ...fewer } = draft;
			yield { ...atom, action: { verb: 'publish', messages: [fewer as Draft] } };
		}
	}
	if (action.verb === 'settle' && action.entries.length === 1) {
		const [{ onlyLeased: _, ...entry }] = action.entries as [Entry];
		yield { ...atom, action: { ...action, entries: [entry] } };
	}
	if (action.verb === 'receive') {
		const { leaseMs: _, ...noLease } = action;
		yield { ...atom, action: noLease };
		const { as: __, ...noName } = action;
		yield { ...atom, action: noName };
		yield { ...atom, action: { ...action, max: 1 } };
	}
}

/** The script with the answers as they were, ready to paste into a guarantee: the last answer is to be put right. */
export function printed({ settings, events }: Story, answers: Answers): string {
	const lines = [
		formatLine({ at: 0, joined: false, back: false, queue: DEFAULT_QUEUE, action: { verb: 'queue', settings } }),
	];
	let last = 0;
	for (const { at, queue = DEFAULT_QUEUE, actions } of events) {
		for (const [index, action] of actions.entries()) {
			const line = formatLine({ at, joined: index > 0, back: index === 0 && at < last, queue, action });
			lines.push(`${line}${shownAnswer(action, answers.get(action))}`);
		}
		last = at;
	}
	return lines.join('\n');
}

function shownAnswer(action: Action, answer: Answer | undefined): string {
	if (answer === undefined || answer.join() === goodAnswer(action)?.join()) return '';
	return `  -> ${answer.join(', ') || 'nothing'}`;
}
