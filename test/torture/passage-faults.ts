import type { Planted } from './delivery-faults.ts';
import { buried, published, received, settled, type Word } from './journals.ts';

const first = [published('a', { at: 10 }), received({ at: 100 }, 'a')];
const second: Word = { label: 'a', attempt: 2 };
const key = 'k';
const handover = { queue: 'stage-two', messages: [{ label: 'a', rank: 1 }] };
const input = [published('a', { at: 10, to: 'stage-one' }), received({ at: 100, from: 'stage-one' }, 'a')];
const output = (id: string, at = 500) => [
	received({ at, from: 'stage-two' }, { label: 'a', id }),
	settled({ at: at + 20, of: 'stage-two' }, { label: 'a', id }),
];
const copy = (from: string, id: string) => [
	received({ at: 100, from }, { label: 'a', id }),
	settled({ at: 120, of: from }, { label: 'a', id }),
];
const red = published('a', { at: 10, to: 'news', attributes: { kind: 'red' } });
const handedOver = settled({ at: 120, of: 'stage-one' }, { label: 'a', publishes: handover });

/** The same: of the ways into a queue and out of it. */
export const passageFaults: readonly Planted[] = [
	[
		'duplicates',
		'a dedupId is accepted twice, as the publisher is told',
		[
			published('a', { at: 10, dedupId: 'a' }),
			published('a', { at: 30, dedupId: 'a' }),
			received({ at: 100 }, 'a'),
			settled({ at: 120 }, 'a'),
		],
	],
	[
		'duplicates',
		'a dedupId is accepted twice, as the consumers see',
		[
			published('a', { at: 10, dedupId: 'a', state: 'lost' }),
			published('a', { at: 30, dedupId: 'a' }),
			received({ at: 100 }, 'a', { label: 'a', id: 'other', sequence: 2 }),
			settled({ at: 120 }, 'a', { label: 'a', id: 'other' }),
		],
	],
	[
		'duplicates',
		'its second answer has another id',
		[
			published('a', { at: 10, dedupId: 'a' }),
			published('a', { at: 30, dedupId: 'a', duplicate: true, id: 'other' }),
			received({ at: 100 }, 'a'),
			settled({ at: 120 }, 'a'),
		],
	],
	[
		'duplicates',
		'one request makes two messages',
		[
			published('a', { at: 10, state: 'lost' }),
			received({ at: 100 }, 'a', { label: 'a', id: 'other', sequence: 2 }),
			settled({ at: 120 }, 'a', { label: 'a', id: 'other' }),
		],
	],
	[
		'duplicates',
		'it is handed out under another id than was told',
		[
			published('a', { at: 10 }),
			received({ at: 100 }, { label: 'a', id: 'other' }),
			settled({ at: 120 }, { label: 'a', id: 'other' }),
		],
	],
	[
		'duplicates',
		'it is in its queue twice, under one id',
		[...first, received({ at: 2_200 }, { label: 'a', attempt: 2, sequence: 9 }), settled({ at: 2_220 }, second)],
	],
	[
		'duplicates',
		'a first publish is called a duplicate',
		[published('a', { at: 10, dedupId: 'a', duplicate: true }), received({ at: 100 }, 'a'), settled({ at: 120 }, 'a')],
	],

	[
		'early',
		'a delayed message is not held back',
		[published('a', { at: 10, delayMs: 500 }), received({ at: 450 }, 'a'), settled({ at: 470 }, 'a')],
	],
	[
		'early',
		'a retried message comes before its instant',
		[
			...first,
			settled({ at: 120 }, { label: 'a', verb: 'retry', delayMs: 700, visibleAt: 815 }),
			received({ at: 500 }, second),
			settled({ at: 520 }, second),
		],
	],
	[
		'early',
		'a retry is given a shorter delay than it asks for',
		[
			...first,
			settled({ at: 120 }, { label: 'a', verb: 'retry', delayMs: 700, visibleAt: 300 }),
			received({ at: 500 }, second),
			settled({ at: 520 }, second),
		],
	],

	[
		'deadLetters',
		'a buried message is no dead letter',
		[
			published('a', { at: 10 }),
			received({ at: 100 }, { label: 'a', attempt: 3 }),
			settled({ at: 120 }, { label: 'a', verb: 'retry', attempt: 3, outcome: 'buried' }),
		],
	],
	[
		'deadLetters',
		'its last attempt ran out, and it is no dead letter',
		[published('a', { at: 10 }), received({ at: 100 }, { label: 'a', attempt: 3 })],
	],
	[
		'deadLetters',
		'a dead letter is lost in its own queue',
		[published('a', { at: 10 }), ...buried('a', { at: 100 }).slice(0, 1)],
	],
	[
		'deadLetters',
		'it is buried before its last attempt',
		[published('a', { at: 10 }), ...buried('a', { at: 100, attempts: 2 })],
	],
	[
		'deadLetters',
		'it is handed out once more than it may',
		[
			published('a', { at: 10 }),
			received({ at: 100 }, { label: 'a', attempt: 4 }),
			settled({ at: 120 }, { label: 'a', attempt: 4 }),
		],
	],

	['pipeline', 'an acknowledged input has no output', [...input, handedOver]],
	[
		'pipeline',
		'a lost acknowledgement took effect, and its output did not',
		[...input, settled({ at: 120, of: 'stage-one', state: 'lost' }, { label: 'a', publishes: handover })],
	],
	['pipeline', 'an input has two outputs', [...input, handedOver, ...output('out'), ...output('twice', 600)]],
	['pipeline', 'an output is handed out and never finished', [...input, handedOver, ...output('out').slice(0, 1)]],
	[
		'pipeline',
		'an input is a dead letter, and has its output',
		[
			...input,
			settled({ at: 120, of: 'stage-one', state: 'lost' }, { label: 'a', publishes: handover }),
			...buried('a', { at: 300, from: 'stage-one' }),
			...output('out'),
		],
	],
	[
		'pipeline',
		'a stale acknowledgement published its output, too',
		[
			...input,
			received({ at: 2_200, from: 'stage-one' }, second),
			settled({ at: 2_300, of: 'stage-one' }, { label: 'a', outcome: 'stale', publishes: handover }),
			settled({ at: 2_400, of: 'stage-one' }, { ...second, publishes: handover }),
			...output('out', 2_500),
			...output('twice', 2_600),
		],
	],

	['fanOut', 'a copy is missing', [red, ...copy('all', 'copy-1')]],
	['fanOut', 'a copy comes twice', [red, ...copy('all', 'copy-1'), ...copy('red', 'copy-2'), ...copy('red', 'copy-3')]],
	[
		'fanOut',
		'a copy is handed out and never finished',
		[red, ...copy('all', 'copy-1'), ...copy('red', 'copy-2').slice(0, 1)],
	],
	[
		'fanOut',
		'nobody knows whether it was accepted, and only one of two has it',
		[
			{ ...published('a', { at: 10, to: 'news', attributes: { kind: 'red' }, state: 'lost' }) },
			...copy('red', 'copy-1'),
		],
	],

	[
		'strangers',
		'what a filter does not pass comes all the same',
		[
			published('a', { at: 10, to: 'news', attributes: { kind: 'blue' } }),
			...copy('all', 'copy-1'),
			...copy('red', 'copy-2'),
		],
	],
	[
		'strangers',
		'a refused message is handed out',
		[published('a', { at: 10, state: 'refused' }), received({ at: 100 }, 'a'), settled({ at: 120 }, 'a')],
	],
	[
		'strangers',
		'a body is changed',
		[received({ at: 100 }, { id: 'a' }), settled({ at: 120 }, { label: '', id: 'a' })],
	],
	[
		'strangers',
		'a key is changed',
		[published('a', { at: 10, key }), received({ at: 100 }, { label: 'a', key: 'other' }), settled({ at: 120 }, 'a')],
	],
	[
		'strangers',
		'a dead letter is in a queue that is not its own',
		[
			published('a', { at: 10 }),
			received({ at: 100, from: 'stage-two' }, 'a'),
			settled({ at: 120, of: 'stage-two' }, 'a'),
			...buried('a', { at: 100 }),
		],
	],

	['troubles', 'a request gets a 500', [{ ...published('a', { at: 10, state: 'lost' }), trouble: '500' }]],
];
