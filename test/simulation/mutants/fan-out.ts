import type { Mutant } from '../mutants';

/** Faults of topics, their subscriptions and pipelines. */
const faults: readonly Omit<Mutant, 'needs'>[] = [
	{
		name: 'courier-advances-before-the-target-answers',
		file: 'courier.ts',
		find: 'const { taken, refusals, errors } = await this.send(parcel, target, turn);',
		replace: `await this.sender.setTaken(parcel, new Set(parcel.messages.map((message) => message.courierPosition)));
		const { taken, refusals, errors } = await this.send(parcel, target, turn);`,
	},
	{
		name: 'inbox-forgets',
		file: 'engine/inbox.ts',
		find: 'return row.generation === generation ? row.taken : Number.MAX_SAFE_INTEGER;',
		replace: 'return row.generation === generation ? 0 : Number.MAX_SAFE_INTEGER;',
	},
	{
		name: 'inbox-ignores-the-generation',
		file: 'engine/inbox.ts',
		find: 'if (row === undefined || row.generation < generation) return 0;',
		replace: 'if (row === undefined) return 0;',
	},
	{
		name: 'inbox-takes-what-is-from-before-a-seek',
		file: 'engine/inbox.ts',
		find: 'return row.generation === generation ? row.taken : Number.MAX_SAFE_INTEGER;',
		replace: 'return row.generation === generation ? row.taken : 0;',
	},
	{
		name: 'cursor-skips-on-a-filter',
		file: 'engine/topic/parcels.ts',
		find: 'const to = left?.courierPosition ?? parcel.through;',
		replace: `const hasFiltered = parcel.through - parcel.from > parcel.messages.length;
	const to = hasFiltered ? parcel.through : (left?.courierPosition ?? parcel.through);`,
	},
	{
		name: 'cursor-passes-one-too-many-where-nothing-fits',
		file: 'engine/topic/parcels.ts',
		find: 'through: position,',
		replace: 'through: messages.length === 0 && position < memory.tally.nextSequence ? position + 1 : position,',
	},
	{
		name: 'cursor-not-written-with-the-terms',
		file: 'engine/topic/readers.ts',
		find: `setTerms(reader, [...kept, termsOf(subscription, last?.from ?? from)]);
	writeReader(database, reader);
	memory.moved.add(reader);`,
		replace: `setTerms(reader, [...kept, termsOf(subscription, last?.from ?? from)]);
	writeReader(database, reader);`,
	},
	{
		name: 'ahead-forgotten',
		file: 'engine/topic/parcels.ts',
		find: 'if (reader.ahead.has(position)) continue;',
		replace: '',
	},
	{
		name: 'ahead-not-written',
		file: 'engine/topic/readers.ts',
		find: 'JSON.stringify([...ahead]),',
		replace: "'[]',",
	},
	{
		name: 'replay-not-marked',
		file: 'engine/topic/parcels.ts',
		find: 'copyFor(message, isSeen(reader.seen, position), mark)',
		replace: 'copyFor(message, false, mark)',
	},
	{
		name: 'replay-marked-too-far',
		file: 'engine/topic/parcels.ts',
		find: 'isSeen(reader.seen, position),',
		replace: 'isSeen(reader.seen, position - 1),',
	},
	{
		name: 'mark-of-terms-that-are-to-come',
		file: 'engine/topic/parcels.ts',
		find: 'const { mark } = term;',
		replace: 'const mark = next?.mark ?? term.mark;',
	},
	{
		name: 'mark-changed-without-notice',
		file: 'engine/topic/readers.ts',
		find: 'filter, ...(mark === undefined ? {} : { mark }) };',
		replace: 'filter };',
	},
	{
		name: 'copies-forget-whose-they-are-on-the-way',
		file: 'engine/deliver.ts',
		find: 'headOf(message, { id, publishedAt, deadLetter, copyOf }),',
		replace: 'headOf(message, { id, publishedAt, deadLetter }),',
	},
	{
		name: 'annotations-left-behind-by-dead-letters',
		file: 'engine/message.ts',
		find: 'const { length: _, deliverAt: __,',
		replace: 'const { length: _, annotations: _____, deliverAt: __,',
	},
	{
		name: 'annotations-not-handed-out',
		file: 'engine/message.ts',
		find: '\t\tannotations: head.annotations,\n',
		replace: '',
	},
	{
		name: 'filter-ignored',
		file: 'engine/topic/parcels.ts',
		find: 'if (matcher !== undefined && !matcher.matches(subjectAt(read as ReadMessages, segment, position))) continue;',
		replace: '',
	},
	{
		name: 'new-terms-for-older-messages',
		file: 'engine/topic/readers.ts',
		find: 'setTerms(reader, [...kept, termsOf(subscription, last?.from ?? from)]);',
		replace: 'setTerms(reader, [termsOf(subscription, reader.position)]);',
	},
	{
		name: 'parcel-goes-beyond-its-terms',
		file: 'engine/topic/parcels.ts',
		find: 'const end = next?.from ?? memory.tally.nextSequence;',
		replace: 'const end = next === undefined ? memory.tally.nextSequence : memory.tally.nextSequence;',
	},
	{
		name: 'missed-not-counted',
		file: 'engine/topic/parcels.ts',
		find: 'reader.missed += parcel.missed;',
		replace: '',
	},
	{
		name: 'pass-of-a-subscription-that-was-moved',
		file: 'engine/topic/parcels.ts',
		find: 'reader === undefined || reader.generation !== parcel.generation || reader.position !== parcel.from',
		replace: 'reader === undefined',
	},
	{
		name: 'start-now-leaves-out-a-message',
		file: 'engine/topic/readers.ts',
		find: 'return firstAfter(database, memory, start.at);',
		replace: 'return memory.tally.nextSequence;',
	},
	{
		name: 'old-subscriptions-win',
		file: 'engine/topic/engine.ts',
		find: 'if (topic.version <= memory.configuredVersion) return null;',
		replace: '',
	},
	{
		name: 'topic-dropped-too-early',
		file: 'engine/topic/log.ts',
		find: '!isDue(segment.retained_from + settings.retentionMs, now)',
		replace: '!isDue(segment.retained_from + settings.retentionMs, now + 5_000)',
	},
	{
		name: 'route-not-fixed',
		file: 'courier.ts',
		find: 'const target = route ?? (await this.fixRoute(parcel, turn));',
		replace: `const target = await this.fixRoute(parcel, turn);`,
	},
	{
		name: 'handover-publishes-though-a-receipt-is-stale',
		file: 'engine/handover.ts',
		find: 'for (const index of acks) withheld.add(index);\n\t\t\tcontinue;',
		replace: 'for (const index of acks) withheld.add(index);',
	},
	{
		name: 'handover-acks-a-part',
		file: 'engine/handover.ts',
		find: 'for (const index of acks) withheld.add(index);',
		replace: '',
	},
	{
		name: 'handover-publishes-nothing',
		file: 'engine/handover.ts',
		find: 'for (const { to, messages } of publish) owe(',
		replace: 'for (const { to, messages } of publish.slice(1)) owe(',
	},
	{
		name: 'handover-gets-ahead-of-its-key',
		file: 'engine/settle.ts',
		find: "return !('outcome' in found || ('flight' in found && isOvertaken(memory, found.flight)));",
		replace: "return !('outcome' in found);",
	},
	{
		name: 'filtered-is-missed-after-a-restart',
		file: 'engine/topic/engine.ts',
		find: 'settleReaders(memory, firstSequence(database, memory));',
		replace: '',
	},
	{
		name: 'taken-ahead-and-missed-too',
		file: 'engine/topic/parcels.ts',
		find: ' - aheadIn(reader, position, found)',
		replace: '',
	},
	{
		name: 'terms-of-a-queue-that-is-gone-hold',
		file: 'engine/topic/readers.ts',
		find: 'if (first === undefined || second === undefined) return false;',
		replace: 'if (first === undefined || second === undefined || others.length >= 0) return false;',
	},
	{
		name: 'retention-forgotten-after-an-empty-log',
		file: 'engine/topic/engine.ts',
		find: 'if (memory.sweep.nextAt !== undefined) memory.sweep.nextAt = Math.min(memory.sweep.nextAt, endAt);',
		replace: '',
	},
];

export const fanOut: readonly Mutant[] = faults.map((fault) => ({ ...fault, needs: 'fan-out' }));
