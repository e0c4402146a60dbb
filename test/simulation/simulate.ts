import type { EngineClass } from '../engine/site';
import { Prng } from './prng';
import { type Story, shrinkStory } from './story';
import { type Event, Trial } from './trial';
import { randomSettings, Workload } from './workload';

export interface Options {
	readonly events: number;
	/** Memory is compared with a fresh load of the rows after every so many events. */
	readonly compareEvery: number;
	readonly Engine: EngineClass;
}

export interface Failure {
	readonly seed: number;
	readonly error: Error;
	/** Shrunk, in the notation of the guarantees. */
	readonly script: string;
}

/** Plays one seed. Answers what went wrong, shrunk, or undefined. */
export async function simulate(
	storage: DurableObjectStorage,
	seed: number,
	options: Options,
): Promise<Failure | undefined> {
	const { error, ...story } = play(storage, seed, options);
	if (error === undefined) return undefined;
	const shrunk = await shrinkStory(story, ({ settings, events }, answers) => {
		const trial = new Trial(storage, settings, options.Engine, 1, answers);
		for (const event of events) trial.play(event);
	});
	return { seed, error: shrunk.error ?? error, script: shrunk.script };
}

/** Plays one seed. Answers what was played, and the error that ended it, if one did. */
export function play(
	storage: DurableObjectStorage,
	seed: number,
	options: Options,
): Story & { readonly error: Error | undefined } {
	const prng = new Prng(seed);
	const settings = randomSettings(prng);
	const flavour = prng.pick(['keys', 'keyed', 'priorities', 'plain'] as const);
	const events: Event[] = [];
	try {
		const trial = new Trial(storage, settings, options.Engine, options.compareEvery);
		const workload = new Workload(prng, trial, flavour);
		while (events.length < options.events) {
			const event = workload.next();
			events.push(event);
			trial.play(event);
		}
		return { settings, events, error: undefined };
	} catch (error) {
		return { settings, events, error: error as Error };
	}
}
