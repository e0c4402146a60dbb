import { Prng } from '../prng';
import { shrink } from '../shrink';
import type { Classes } from './objects';
import { type Event, printed, type Story } from './script';
import { Stage } from './stage';
import { randomSetting, Workload } from './workload';

const EVENTS = 90;

export interface Played extends Story {
	readonly error: Error | undefined;
}

/** Plays one seed. Answers what was played, and the error that ended it, if one did. */
export async function playFanOut(storage: DurableObjectStorage, seed: number, classes: Classes = {}): Promise<Played> {
	const prng = new Prng(seed);
	const setting = randomSetting(prng);
	const events: Event[] = [];
	try {
		const stage = new Stage(storage, classes, setting);
		const workload = new Workload(prng, stage);
		while (events.length < EVENTS) {
			const event = workload.next();
			events.push(event);
			await stage.play(event);
		}
		return { setting, events, error: undefined };
	} catch (error) {
		return { setting, events, error: error as Error };
	}
}

export interface Failure {
	readonly error: Error;
	/** Shrunk. */
	readonly script: string;
}

/** The same; what went wrong is shrunk, undefined where nothing did. */
export async function simulateFanOut(
	storage: DurableObjectStorage,
	seed: number,
	classes: Classes = {},
): Promise<Failure | undefined> {
	const { error, ...story } = await playFanOut(storage, seed, classes);
	return error === undefined ? undefined : shrinkFanOut(storage, story, error, classes);
}

/** Plays a story to its end, and lets everything come to rest. */
export async function replay(
	storage: DurableObjectStorage,
	{ setting, events }: Story,
	classes: Classes,
): Promise<void> {
	const stage = new Stage(storage, classes, setting);
	for (const event of events) await stage.play(event);
	await stage.rest(new Prng(1));
}

async function shrinkFanOut(
	storage: DurableObjectStorage,
	{ setting, events: all }: Story,
	error: Error,
	classes: Classes,
): Promise<Failure> {
	let last = error;
	const fails = async (events: readonly Event[]): Promise<boolean> => {
		try {
			await replay(storage, { setting, events }, classes);
			return false;
		} catch (thrown) {
			last = thrown as Error;
			return true;
		}
	};
	let events = await shrink(all, fails);
	for (const index of events.keys()) {
		for (const simpler of simplerThan(events[index] as Event)) {
			const changed = events.with(index, simpler);
			if (await fails(changed)) events = changed;
		}
	}
	await fails(events);
	return { error: last, script: `${printed({ setting, events })}\n// ${last.message}` };
}

/** The same event with less in it. */
function* simplerThan(event: Event): Generator<Event> {
	const { action, steps } = event;
	if (event.held) yield { ...event, held: false };
	if (steps !== null) yield { ...event, steps: null };
	if (action.verb === 'publish') {
		for (let count = 1; count < action.messages.length; count++)
			yield { ...event, action: { ...action, messages: action.messages.slice(0, count) } };
	}
	if (action.verb === 'settle') {
		yield { ...event, action: { ...action, retries: [] } };
		for (const entry of action.publish) yield { ...event, action: { ...action, publish: [entry] } };
		for (const receipt of action.acks) yield { ...event, action: { ...action, acks: [receipt] } };
	}
}
