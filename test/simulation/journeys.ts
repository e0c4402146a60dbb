import type { Action, Entry, Settings } from '../guarantees/script';
import { type Classes, DEAD_LETTERS, Journey } from './journey';
import { Prng } from './prng';
import { NOWHERE } from './redrive-book';
import type { Failure } from './simulate';
import { type Answers, type Story, shrinkStory } from './story';
import type { Event } from './trial';

const second = 1_000;
const EVENTS = 60;

const MAX_RECEIVES = 2;
const settings: Settings = {
	maxReceives: MAX_RECEIVES,
	visibilityTimeoutMs: 5 * second,
	backoff: { initialMs: second, factor: 1, maxMs: second, jitter: 0 },
};

async function replay({ settings, events }: Story, classes: Classes, answers?: Answers): Promise<void> {
	const journey = new Journey(settings, MAX_RECEIVES, classes, answers);
	for (const [index, event] of events.entries()) {
		await journey.play(event);
		if (index % 20 === 19) await journey.rest();
	}
	await journey.rest();
}

/** Plays one seed. Answers what was played, and the error that ended it, if one did. */
export async function playJourney(seed: number, classes: Classes = {}): Promise<Story & { error: Error | undefined }> {
	const story: Story = { settings, events: journeyEvents(new Prng(seed)) };
	try {
		await replay(story, classes);
		return { ...story, error: undefined };
	} catch (error) {
		return { ...story, error: error as Error };
	}
}

/** The same, shrunk. */
export async function simulateJourney(seed: number, classes: Classes = {}): Promise<Failure | undefined> {
	const { error, ...story } = await playJourney(seed, classes);
	if (error === undefined) return undefined;
	const shrunk = await shrinkStory(story, (fewer, answers) => replay(fewer, classes, answers));
	return { seed, error: shrunk.error ?? error, script: shrunk.script };
}

function journeyEvents(prng: Prng): Event[] {
	const events: Event[] = [];
	let at = 0;
	let published = 0;
	let redriven = 0;
	for (let index = 0; index < EVENTS; index++) {
		at += prng.pick([0, 0, 1, second, 5 * second, 20 * second]);
		const name = () => `m${prng.between(1, published + 1)}`;
		const both = prng.chance(0.7) ? undefined : DEAD_LETTERS;
		const [queue, action] = prng.weighted<() => [string | undefined, Action]>([
			[
				10,
				() => {
					const messages = Array.from({ length: prng.between(1, 4) }, () => ({
						name: `m${++published}`,
						...(prng.chance(0.6) ? { key: prng.pick(['k1', 'k2']) } : {}),
					}));
					return [undefined, { verb: 'publish', messages }];
				},
			],
			[20, () => [both, { verb: 'receive', max: prng.pick([1, 3, 10]), leaseMs: prng.pick([1, 5 * second]) }]],
			[12, () => [both, { verb: 'settle', entries: entries(prng, name) }]],
			[6, () => [DEAD_LETTERS, redrive(prng, name, `r${++redriven}`)]],
			[3, () => [DEAD_LETTERS, { verb: 'cancel', name: `r${Math.max(1, redriven - prng.pick([0, 0, 1]))}` }]],
			[3, () => [DEAD_LETTERS, { verb: 'redrives' }]],
			[6, () => [prng.pick([undefined, DEAD_LETTERS]), { verb: 'restart' }]],
			[
				12,
				() => [
					prng.pick([undefined, DEAD_LETTERS]),
					{ verb: 'courier', fault: prng.pick(['before', 'after', 'twice', 'crash']) },
				],
			],
			[2, () => [both, { verb: 'remove', name: name() }]],
			[
				3,
				() => [
					prng.pick([undefined, DEAD_LETTERS]),
					{ verb: 'set', settings: { maxBacklog: prng.pick([2, null, null]) } },
				],
			],
		])();
		events.push({ at, queue, actions: [action] });
	}
	return events;
}

function entries(prng: Prng, name: () => string): Entry[] {
	const receipt = `${name()}#${prng.between(1, MAX_RECEIVES)}`;
	return [prng.chance(0.3) ? { kind: 'ack', receipt } : { kind: 'retry', receipt, delayMs: prng.pick([0, second]) }];
}

function redrive(prng: Prng, name: () => string, as: string): Action {
	if (prng.chance(0.4)) return { verb: 'redrive', names: [...new Set([name(), name(), name()])] };
	return {
		verb: 'redrive',
		as,
		...(prng.chance(0.2) ? { to: NOWHERE } : {}),
		...(prng.chance(0.4) ? { rate: 1 } : {}),
	};
}
