import { parseDraft, parseSuccessor } from './parse-draft';
import { parseSubscribe, parseTopicChange, placeOf } from './parse-topic';
import { type Action, type Asking, DEFAULT_QUEUE, type Entry, type Line } from './script';
import { parseSettings } from './settings';
import { Words } from './words';

/** Reads a script; an error names the line, quotes it and says what was expected. */
export function parse(script: string): Line[] {
	const lines: Line[] = [];
	for (const [index, raw] of script.split('\n').entries()) {
		const text = raw.trim();
		if (text === '' || text.startsWith('#')) continue;
		try {
			lines.push(parseLine(text, index + 1, lines.at(-1)));
		} catch (error) {
			throw new SyntaxError(`line ${index + 1}: ${(error as Error).message}\n    ${text}`);
		}
	}
	return lines;
}

function parseLine(text: string, number: number, previous: Line | undefined): Line {
	const [event, answer, ...more] = text.split('->');
	if (more.length > 0) throw new Error('more than one "->"');
	const words = new Words(event ?? '');
	const joined = words.peek() === '&';
	if (joined && previous === undefined) throw new Error('"&" needs a line before it');
	if (joined) words.next('"&"');
	const back = words.prefix('<');
	const at = joined && previous !== undefined ? previous.at : words.milliseconds('the instant in seconds');
	if (previous !== undefined && at < previous.at !== back)
		throw new Error(back ? 'this is not back' : 'time runs backwards');
	const queue = words.trailing('on') ?? DEFAULT_QUEUE;
	const action = parseAction(words);
	words.end();
	const expected = answer === undefined ? null : splitAnswer(answer);
	if (expected === null && NEEDS_ANSWER.has(action.verb)) throw new Error(`"${action.verb}" needs "-> <answer>"`);
	return { at, joined, back, queue, action, expected, number, text };
}

const NEEDS_ANSWER = new Set([
	'receive',
	'answer',
	'browse',
	'look',
	'figures',
	'redrive',
	'redrives',
	'cancel',
	'lag',
]);

function splitAnswer(answer: string): string[] {
	const items = answer.split(',').map((item) => item.trim().replaceAll(/\s+/g, ' '));
	if (items.some((item) => item === '')) throw new Error('an empty answer; "nothing" is a word');
	return items.length === 1 && items[0] === 'nothing' ? [] : items;
}

function parseAction(words: Words): Action {
	const verb = words.next('a verb');
	switch (verb) {
		case 'queue':
		case 'set':
			return { verb, settings: parseSettings(words) };
		case 'publish':
			return { verb, messages: words.list(parseDraft) };
		case 'receive':
			return { verb, ...parseAsking(words, words.whole('how many')) };
		case 'wait': {
			const name = words.next('a name for the wait');
			return { verb, name, forMs: words.milliseconds('how long to wait'), ...parseAsking(words, 1) };
		}
		case 'ack':
		case 'retry':
		case 'extend':
			return { verb: 'settle', entries: words.list(() => parseEntry(words, verb)) };
		case 'settle':
			return parseSettle(words);
		case 'browse':
			return words.done() ? { verb } : { verb, state: words.oneOf(['visible', 'leased', 'delayed']) };
		case 'look':
		case 'remove':
		case 'answer':
			return { verb, name: words.next('a name') };
		case 'cancel':
			return { verb, name: words.next('a redrive') };
		case 'courier':
			return { verb, fault: words.oneOf(['before', 'after', 'twice', 'crash']) };
		case 'redrive':
			return parseRedrive(words);
		case 'topic':
			return { verb, settings: parseTopicChange(words) };
		case 'subscribe':
			return parseSubscribe(words);
		case 'seek':
			return { verb, name: words.next('a subscription'), from: placeOf(words.next('a place')) };
		case 'unsubscribe':
		case 'lag':
			return { verb, name: words.next('a subscription') };
		case 'purge':
			if (words.peek() !== 'forget') return { verb };
			return { verb, forget: words.next('forget') === 'forget' };
		case 'redrives':
		case 'pause':
		case 'resume':
		case 'figures':
		case 'restart':
		case 'tick':
		case 'delete':
			return { verb };
		default:
			throw new Error(`"${verb}" is not a verb`);
	}
}

function parseAsking(words: Words, max: number): Asking {
	const asking: Asking = { max };
	words.options({
		lease: () => (asking.leaseMs = words.milliseconds('a visibility timeout')),
		by: () => (asking.by = words.next('a consumer')),
		max: () => (asking.max = words.whole('how many')),
		as: () => (asking.as = words.next('a name of the receive')),
		'key-first': () => (asking.keyFirst = true),
	});
	return asking;
}

/** What is published stands behind what is settled. */
function parseSettle(words: Words): Action {
	const action: Action & { verb: 'settle' } = { verb: 'settle', entries: [] };
	words.list(() => {
		const kind = words.next('ack, retry, extend or publish');
		if (kind === 'publish') action.publish = [...(action.publish ?? []), parseSuccessor(words)];
		else if (action.publish === undefined) action.entries.push(parseEntry(words, kind));
		else throw new Error(`"${kind}" stands behind what is published`);
	});
	return action;
}

function parseEntry(words: Words, kind: string): Entry {
	if (kind !== 'ack' && kind !== 'retry' && kind !== 'extend') throw new Error(`"${kind}" settles nothing`);
	const receipt = words.next('a receipt');
	if (!/^[^#]+#\d+$/.test(receipt)) throw new Error(`"${receipt}" is no receipt: a name, "#" and an attempt`);
	const entry: Entry = { kind, receipt };
	const delay = () => (entry.delayMs = words.milliseconds('a delay'));
	const reason = () => (entry.reason = words.next('a reason'));
	const lease = () => (entry.leaseMs = words.milliseconds('a visibility timeout'));
	words.options({
		only: () => (entry.onlyLeased = words.oneOf(['leased']) === 'leased'),
		...(kind === 'retry' ? { delay, reason } : {}),
		...(kind === 'extend' ? { lease } : {}),
	});
	if (kind === 'extend' && entry.leaseMs === undefined) throw new Error('extend needs "lease <seconds>"');
	return entry;
}

function parseRedrive(words: Words): Action {
	const action: Action & { verb: 'redrive' } = { verb: 'redrive' };
	words.options({
		to: () => (action.to = words.next('a queue')),
		only: () => (action.names = words.next('names joined by "+"').split('+')),
		rate: () => (action.rate = words.whole('messages per second')),
		as: () => (action.as = words.next('a name of the redrive')),
	});
	return action;
}
