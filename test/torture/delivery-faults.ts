import type { Property } from '../../torture/checker/violation.ts';
import type { Entry } from '../../torture/journal.ts';
import { buried, published, received, settled, type Word } from './journals.ts';

export type Planted = readonly [property: Property, fault: string, entries: readonly Entry[]];

const first = [published('a', { at: 10 }), received({ at: 100 }, 'a')];
const second: Word = { label: 'a', attempt: 2 };
const ended = [received({ at: 2_200 }, second), settled({ at: 2_220 }, second)];
const keyed = [published('a', { at: 10, key: 'k', rank: 1 }), published('b', { at: 30, key: 'k', rank: 2 })];
const key = 'k';

/** One violation each, and what it must be called: of what one queue promises for every message. */
export const deliveryFaults: readonly Planted[] = [
	['lost', 'an accepted message is never handed out', [published('a', { at: 10 })]],
	['lost', 'it is handed out, not acknowledged, and never comes again', first],
	[
		'lost',
		'only an older attempt may have been acknowledged',
		[...first, settled({ at: 120, state: 'lost' }, 'a'), received({ at: 2_200 }, second)],
	],
	[
		'lost',
		'a message whose publish was lost is there, and then it is not',
		[published('a', { at: 10, state: 'lost' }), received({ at: 100 }, 'a')],
	],

	['again', 'it is handed out again after its acknowledgement', [...first, settled({ at: 120 }, 'a'), ...ended]],
	[
		'again',
		'it is handed out again after it was deleted over SQS',
		[...first, settled({ at: 120 }, { label: 'a', outcome: 'deleted' }), ...ended],
	],
	[
		'again',
		'it is buried after it was deleted over SQS',
		[...first, settled({ at: 120 }, { label: 'a', outcome: 'deleted' }), ...buried('a', { at: 200 })],
	],
	[
		'holders',
		'over SQS it is handed out while its lease runs at the least',
		[
			published('a', { at: 10 }),
			received({ at: 100, start: 90 }, { label: 'a', until: undefined }),
			received({ at: 2_080, start: 2_070 }, { ...second, until: undefined }),
			settled({ at: 2_100 }, second),
		],
	],
	['again', 'so it is, as the same attempt', [...first, settled({ at: 120 }, 'a'), received({ at: 2_500 }, 'a')]],
	[
		'again',
		'it is acknowledged, and a dead letter',
		[...first, settled({ at: 120 }, 'a'), ...buried('a', { at: 200 })],
	],

	[
		'holders',
		'it is handed out while its lease runs',
		[...first, received({ at: 1_500 }, second), settled({ at: 1_520 }, second)],
	],
	[
		'holders',
		'it is handed out a moment before its lease ends, to a long poll',
		[...first, received({ at: 2_095, start: 1_000 }, second), settled({ at: 2_120 }, second)],
	],
	[
		'holders',
		'it is handed out while its extension runs',
		[...first, settled({ at: 1_000 }, { label: 'a', verb: 'extend', leaseMs: 2_000, until: 2_995 }), ...ended],
	],
	[
		'holders',
		'two clients get the same attempt',
		[...first, received({ at: 2_200 }, 'a'), settled({ at: 2_220 }, 'a')],
	],
	[
		'holders',
		'an older receipt still counts',
		[
			...first,
			received({ at: 2_200 }, second),
			settled({ at: 2_250 }, { label: 'a', verb: 'extend', leaseMs: 2_000, until: 4_245 }),
			settled({ at: 2_300 }, second),
		],
	],
	[
		'holders',
		'a lease is shorter than was asked for',
		[published('a', { at: 10 }), received({ at: 100 }, { label: 'a', until: 1_000 }), settled({ at: 120 }, 'a')],
	],

	[
		'order',
		'the second of a key is handed out while the first is held',
		[
			...keyed,
			received({ at: 100 }, { label: 'a', key }),
			received({ at: 150 }, { label: 'b', key, sequence: 2 }),
			settled({ at: 200 }, 'a', 'b'),
		],
	],
	[
		'order',
		'the second of a key comes first',
		[
			...keyed,
			received({ at: 100 }, { label: 'b', key, sequence: 2 }),
			settled({ at: 120 }, 'b'),
			received({ at: 150 }, { label: 'a', key }),
			settled({ at: 170 }, 'a'),
		],
	],
	[
		'order',
		'they come together, the second in front',
		[
			...keyed,
			received({ at: 100 }, { label: 'b', key, sequence: 2 }, { label: 'a', key }),
			settled({ at: 120 }, 'a', 'b'),
		],
	],
	[
		'order',
		'the second comes while the first waits for its retry',
		[
			...keyed,
			received({ at: 100 }, { label: 'a', key }),
			settled({ at: 120 }, { label: 'a', verb: 'retry', delayMs: 100, visibleAt: 215 }),
			received({ at: 150 }, { label: 'b', key, sequence: 2 }),
			settled({ at: 170 }, 'b'),
			received({ at: 300 }, { ...second, key }),
			settled({ at: 320 }, second),
		],
	],
	[
		'order',
		'an acknowledgement was lost, the second came, and then the first again',
		[
			...keyed,
			received({ at: 100 }, { label: 'a', key }),
			settled({ at: 120, state: 'lost' }, 'a'),
			received({ at: 150 }, { label: 'b', key, sequence: 2 }),
			settled({ at: 170 }, 'b'),
			received({ at: 2_200 }, { ...second, key }),
			settled({ at: 2_220 }, second),
		],
	],
];
