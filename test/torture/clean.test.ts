import { describe, expect, test } from 'vitest';
import type { Entry } from '../../torture/journal.ts';
import { brokenIn, buried, published, received, settled } from './journals.ts';

const handover = { queue: 'stage-two', messages: [{ label: 'a', rank: 1 }] };
const done = [
	received({ at: 500, from: 'stage-two' }, { label: 'a', id: 'out' }),
	settled({ at: 520, of: 'stage-two' }, { label: 'a', id: 'out' }),
];

/** Journals in which everything is as it should be, or cannot be told from it. */
const journals: Readonly<Record<string, readonly Entry[]>> = {
	'published, received, acknowledged': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		settled({ at: 120 }, 'a'),
	],

	'a publish whose answer was lost did not happen': [published('a', { at: 10, state: 'lost' })],

	'a publish whose answer was lost did happen': [
		published('a', { at: 10, state: 'lost' }),
		received({ at: 100 }, 'a'),
		settled({ at: 120 }, 'a'),
	],

	'a repeat of a lost publish finds it accepted, or accepts it': [
		published('a', { at: 10, state: 'lost', dedupId: 'a' }),
		published('a', { at: 30, dedupId: 'a', duplicate: true }),
		published('b', { at: 10, state: 'lost', dedupId: 'b' }),
		published('b', { at: 30, dedupId: 'b' }),
		received({ at: 100 }, 'a', { label: 'b', sequence: 2 }),
		settled({ at: 120 }, 'a', 'b'),
	],

	'an acknowledgement whose answer was lost was the last that was heard': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		settled({ at: 120, state: 'lost' }, 'a'),
	],

	'an acknowledgement whose answer was lost did not happen': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		settled({ at: 120, state: 'lost' }, 'a'),
		received({ at: 2_150 }, { label: 'a', attempt: 2 }),
		settled({ at: 2_200 }, { label: 'a', attempt: 2 }),
	],

	'an acknowledgement whose answer was lost did happen, as its repeat is told': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		settled({ at: 120, state: 'lost' }, 'a'),
		settled({ at: 150 }, { label: 'a', outcome: 'unknown' }),
	],

	'over SQS: neither the end of a lease is told, nor which delete finished a message': [
		published('a', { at: 10 }),
		received({ at: 100 }, { label: 'a', until: undefined, sequence: undefined }),
		received({ at: 2_150, start: 1_900 }, { label: 'a', attempt: 2 }),
		settled({ at: 2_170 }, { label: 'a', attempt: 2, outcome: 'deleted' }),
		settled({ at: 2_190 }, { label: 'a', attempt: 1, outcome: 'deleted' }),
	],

	'over SQS: a delete tells that a message is finished, where the answer to the one before was lost': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		received({ at: 2_150 }, { label: 'a', attempt: 2 }),
		settled({ at: 2_170, state: 'lost' }, { label: 'a', attempt: 2 }),
		settled({ at: 2_190 }, { label: 'a', attempt: 1, outcome: 'deleted' }),
	],

	'over SQS: a delete that comes too late does not tell that the message is a dead letter by now': [
		published('a', { at: 10 }),
		received({ at: 100 }, { label: 'a', attempt: 3 }),
		...buried('a', { at: 2_150 }),
		settled({ at: 2_300 }, { label: 'a', attempt: 3, outcome: 'deleted' }),
	],

	'a receive whose answer was lost counts as an attempt, and holds its messages': [
		published('a', { at: 10 }),
		received({ at: 100, state: 'lost' }),
		received({ at: 2_150 }, { label: 'a', attempt: 2 }),
		settled({ at: 2_170 }, { label: 'a', attempt: 2 }),
	],

	'all receives are lost or given up: it is a dead letter that nobody has seen before': [
		published('a', { at: 10 }),
		received({ at: 100, state: 'lost' }),
		received({ at: 2_150, state: 'aborted' }),
		received({ at: 4_200, state: 'lost' }),
		...buried('a', { at: 6_300 }),
	],

	'a retry whose answer was lost ends the lease, perhaps': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		settled({ at: 120, state: 'lost' }, { label: 'a', verb: 'retry', delayMs: 0 }),
		received({ at: 130 }, { label: 'a', attempt: 2 }),
		settled({ at: 150 }, { label: 'a', attempt: 2 }),
	],

	'an extension whose answer was lost may have made the lease shorter': [
		published('a', { at: 10 }),
		received({ at: 100 }, 'a'),
		settled({ at: 120, state: 'lost' }, { label: 'a', verb: 'extend', leaseMs: 1_000 }),
		received({ at: 1_200 }, { label: 'a', attempt: 2 }),
		settled({ at: 1_220 }, { label: 'a', attempt: 2 }),
	],

	'a late acknowledgement counts until the message is handed out again; then it is stale': [
		published('a', { at: 10 }),
		published('b', { at: 20 }),
		received({ at: 100 }, 'a', { label: 'b', sequence: 2 }),
		received({ at: 2_200 }, { label: 'a', attempt: 2 }),
		settled({ at: 2_300 }, { label: 'a', outcome: 'stale' }, 'b'),
		settled({ at: 2_400 }, { label: 'a', attempt: 2 }),
	],

	'a key goes on behind a message that was acknowledged, buried or expired, and behind one in the same answer': [
		...['a', 'b', 'c', 'd', 'e'].map((label, index) => {
			const ttl = label === 'd' ? { ttlMs: 1_000 } : {};
			return published(label, { at: 10 + index, start: 5 + index, key: 'k', rank: index + 1, ...ttl });
		}),
		received({ at: 100 }, { label: 'a', key: 'k' }, { label: 'b', key: 'k', sequence: 2 }),
		settled({ at: 120 }, { label: 'a', verb: 'retry', delayMs: 0, visibleAt: 130 }, 'b'),
		received({ at: 200 }, { label: 'a', key: 'k', attempt: 2 }),
		settled({ at: 220, state: 'lost' }, { label: 'a', attempt: 2 }),
		received({ at: 250 }, { label: 'c', key: 'k', attempt: 3, sequence: 3 }),
		settled({ at: 270 }, { label: 'c', verb: 'retry', attempt: 3, outcome: 'buried' }),
		received({ at: 1_100 }, { label: 'e', key: 'k', sequence: 5 }),
		settled({ at: 1_120 }, 'e'),
		received(
			{ at: 1_200, from: 'dlq' },
			{ label: 'c', key: 'k', deadLetter: { queue: 'q', buriedAt: 265, attempts: 3 } },
		),
		settled({ at: 1_220, of: 'dlq' }, 'c'),
	],

	'a message of a key whose publish was lost need not be there': [
		published('a', { at: 10, state: 'lost', key: 'k', rank: 1 }),
		published('b', { at: 30, key: 'k', rank: 2 }),
		received({ at: 100 }, { label: 'b', key: 'k' }),
		settled({ at: 120 }, 'b'),
	],

	'a message outlives its time and is not seen': [
		published('a', { at: 10, ttlMs: 1_000 }),
		received({ at: 2_000, state: 'aborted' }),
	],

	'a lost handover did happen': [
		published('a', { at: 10, to: 'stage-one' }),
		received({ at: 100, from: 'stage-one' }, 'a'),
		settled({ at: 120, of: 'stage-one', state: 'lost' }, { label: 'a', publishes: handover }),
		...done,
	],

	'a lost handover did not happen, and its repeat did': [
		published('a', { at: 10, to: 'stage-one' }),
		received({ at: 100, from: 'stage-one' }, 'a'),
		settled({ at: 120, of: 'stage-one', state: 'lost' }, { label: 'a', publishes: handover }),
		settled({ at: 150, of: 'stage-one' }, { label: 'a', publishes: handover }),
		...done,
	],

	'an input that is a dead letter has no output': [
		published('a', { at: 10, to: 'stage-one' }),
		received({ at: 100, from: 'stage-one' }, { label: 'a', attempt: 3 }),
		settled({ at: 120, of: 'stage-one' }, { label: 'a', attempt: 3, verb: 'retry', outcome: 'buried' }),
		...buried('a', { at: 120, from: 'stage-one' }),
	],

	'a copy for every subscription that it passes, and none where nobody knows': [
		published('a', { at: 10, to: 'news', attributes: { kind: 'red' } }),
		published('b', { at: 30, to: 'news', attributes: { kind: 'blue' } }),
		published('c', { at: 50, to: 'news', attributes: { kind: 'red' }, state: 'lost' }),
		received({ at: 100, from: 'all' }, { label: 'a', id: 'copy-1' }, { label: 'b', id: 'copy-2', sequence: 2 }),
		settled({ at: 120, of: 'all' }, { label: 'a', id: 'copy-1' }, { label: 'b', id: 'copy-2' }),
		received({ at: 100, from: 'red' }, { label: 'a', id: 'copy-3' }),
		settled({ at: 120, of: 'red' }, { label: 'a', id: 'copy-3' }),
	],
};

describe('the checker finds nothing where', () => {
	for (const [name, entries] of Object.entries(journals)) test(name, () => expect(brokenIn(entries)).toEqual([]));
});
