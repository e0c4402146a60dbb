import type { Settings } from './script';
import type { Words } from './words';

/** The settings of a `queue` or `set` line: the API's names without "Seconds", as all of a script is in seconds. */
export function parseSettings(words: Words): Settings {
	const settings: Settings = {};
	words.options({
		partitions: () => (settings.partitions = words.whole('how many partitions')),
		visibilityTimeout: () => (settings.visibilityTimeoutMs = words.milliseconds('a visibility timeout')),
		retention: () => (settings.retentionMs = words.milliseconds('a retention')),
		delay: () => (settings.delayMs = words.milliseconds('a delay')),
		maxReceives: () => (settings.maxReceives = words.whole('how many receives')),
		deadLetter: () => (settings.deadLetter = nullable(words.next('a queue or none'))),
		onPoison: () => (settings.onPoison = words.oneOf(['dead-letter', 'block'])),
		delivery: () => (settings.delivery = words.oneOf(['at-least-once', 'at-most-once'])),
		dedupWindow: () => (settings.dedupWindowMs = words.milliseconds('a window')),
		backoff: () => (settings.backoff = parseBackoff(words.next('initial/factor/max'))),
		maxBacklog: () => (settings.maxBacklog = wholeOrNone(words)),
		maxBacklogBytes: () => (settings.maxBacklogBytes = wholeOrNone(words)),
	});
	return settings;
}

function nullable(word: string): string | null {
	return word === 'none' ? null : word;
}

function wholeOrNone(words: Words): number | null {
	if (words.peek() !== 'none') return words.whole('a bound');
	words.next('none');
	return null;
}

/** `initial/factor/max` or `initial/factor/max/jitter`; without it there is no jitter, so that scripts can count on it. */
function parseBackoff(word: string): NonNullable<Settings['backoff']> {
	const [initial, factor, max, jitter = 0, ...more] = word.split('/').map(Number);
	const known = initial !== undefined && factor !== undefined && max !== undefined && more.length === 0;
	if (!known || [initial, factor, max, jitter].some(Number.isNaN)) {
		throw new Error(`"${word}" is no backoff: initial/factor/max or initial/factor/max/jitter`);
	}
	return { initialMs: initial * 1_000, factor, maxMs: max * 1_000, jitter };
}

/** The same line's text back: what a failing simulation prints. */
export function formatSettings(settings: Settings): string {
	const words: string[] = [];
	for (const [name, value] of Object.entries(settings)) {
		if (value === undefined) continue;
		if (name === 'backoff') {
			const { initialMs, factor, maxMs, jitter } = value as NonNullable<Settings['backoff']>;
			words.push(`backoff ${initialMs / 1_000}/${factor}/${maxMs / 1_000}${jitter === 0 ? '' : `/${jitter}`}`);
		} else if (name.endsWith('Ms')) words.push(`${name.slice(0, -2)} ${Number(value) / 1_000}`);
		else words.push(`${name} ${value ?? 'none'}`);
	}
	return words.join(' ');
}
