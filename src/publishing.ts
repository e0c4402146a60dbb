import type { Env } from '../durable-objects/env';
import {
	type Accepted,
	type AcceptedCounts,
	fromText,
	isRefusal,
	type NewMessage,
	type PublishOutcome,
	type PublishOutcomes,
	type Refusal,
	type Target,
	type Text,
} from '../durable-objects/protocol';
import { checkDelays } from './delays';
import { type Directory, isOutdated } from './directory';
import { reach } from './objects';
import { anyPartition, isAccepted, partitionFor, publishAt } from './partitioner';
import { Problem } from './problems';

const SAFE_AGAIN = 'Publishing again with the same dedupId is safe; without one it may publish twice.';

/** As the very text of the answer where one partition has accepted all: counted, if that was asked for. */
type Outcomes = Text<{ readonly results: readonly Accepted[] } | AcceptedCounts> | (PublishOutcome | Problem)[];

// To queues and topics alike.

/** Publishes one message: the hot path, so nothing is done here that only a batch needs. */
export function publishOne(
	env: Env,
	directory: Directory<Target>,
	name: string,
	message: NewMessage,
): Promise<Accepted> {
	return directory.with<Accepted>(env, name, async (target) => {
		checkDelays(target, [message], Date.now(), null);
		const { partitions } = target.settings;
		const partition = partitionFor(message, partitions, anyPartition(partitions));
		const call = () => publishAt(env, target, partition, [message]);
		const answer = fromText(await reach(message.dedupId === undefined ? 'once' : 'repeatable', call, SAFE_AGAIN));
		return isRefusal(answer) ? answer : (listed(answer)[0] as PublishOutcome);
	});
}

/**
 * Publishes a batch to the partitions that its messages belong to, one call each, at the same time: an outcome per
 * message, in order; as JSON where one partition has accepted all, since that is the answer already. What a partition
 * refuses because its settings are newer is tried once more with new ones. `isMinimal`: where all are accepted, their number
 * is enough.
 */
export async function publishBatch(
	env: Env,
	directory: Directory<Target>,
	name: string,
	messages: readonly NewMessage[],
	isMinimal = false,
): Promise<Outcomes> {
	const target = await directory.cached(env, name);
	checkDelays(target, messages, Date.now(), ['messages']);
	const outcomes = await publishGroups(env, target, messages, isMinimal);
	if (typeof outcomes === 'string') return outcomes;
	const outdated = outcomes.flatMap((outcome, index) => (isRefusal(outcome) && isOutdated(outcome) ? [index] : []));
	if (outdated.length === 0) return outcomes;
	const again = outdated.map((index) => messages[index] as NewMessage);
	const second = listOf(await publishGroups(env, await directory.fresh(env, name), again, false));
	outdated.forEach((index, at) => {
		outcomes[index] = second[at] as PublishOutcome | Problem;
	});
	return outcomes;
}

async function publishGroups(
	env: Env,
	target: Target,
	messages: readonly NewMessage[],
	isMinimal: boolean,
): Promise<Outcomes> {
	const { partitions } = target.settings;
	const otherwise = anyPartition(partitions);
	if (partitions === 1) return publishTo(env, target, 0, messages, isMinimal);
	const groups = new Map<number, number[]>();
	messages.forEach((message, index) => {
		const partition = partitionFor(message, partitions, otherwise);
		const group = groups.get(partition);
		if (group === undefined) groups.set(partition, [index]);
		else group.push(index);
	});
	const outcomes: (PublishOutcome | Problem)[] = new Array(messages.length);
	await Promise.all(
		[...groups].map(async ([partition, indexes]) => {
			const group = indexes.map((index) => messages[index] as NewMessage);
			const answered = listOf(await publishTo(env, target, partition, group, false));
			indexes.forEach((index, at) => {
				outcomes[index] = answered[at] as PublishOutcome | Problem;
			});
		}),
	);
	return outcomes;
}

/** One partition's messages; a failure or a refusal of the whole call is the outcome of each of them. */
async function publishTo(
	env: Env,
	target: Target,
	partition: number,
	messages: readonly NewMessage[],
	isMinimal: boolean,
): Promise<Outcomes> {
	const repeat = messages.every((message) => message.dedupId !== undefined) ? 'repeatable' : 'once';
	let answer: Refusal | Problem | readonly PublishOutcome[];
	try {
		const call = () => publishAt(env, target, partition, messages, isMinimal);
		const text = await reach(repeat, call, SAFE_AGAIN);
		if (isAccepted(text)) return text as Outcomes;
		const outcomes = fromText(text);
		answer = isRefusal(outcomes) ? outcomes : listed(outcomes);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		answer = error;
	}
	if (answer instanceof Problem || isRefusal(answer)) {
		const same = answer;
		return messages.map(() => same);
	}
	return [...answer];
}

/** Outcomes one by one, also where they are the text of an answer; not where their number was to be enough. */
export function listOf(outcomes: Outcomes): (PublishOutcome | Problem)[] {
	return typeof outcomes === 'string' ? [...listed(fromText(outcomes))] : outcomes;
}

function listed(outcomes: Exclude<PublishOutcomes, Refusal>): readonly PublishOutcome[] {
	if ('accepted' in outcomes) throw new Error('the outcomes were counted, not listed');
	return 'results' in outcomes ? outcomes.results : outcomes;
}
