import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { type Figures, isRefusal, oneByOne, told } from '../../durable-objects/protocol';
import { queues } from '../../src/catalog';
import { everyPartition, partitionAt } from '../../src/partitioner';
import { type Received, receive } from '../../src/receiving';
import { newQueue, publish, until } from './client';

it.each([1, 2])(
	'long polls for no time at all are answered once each, with %i partitions, and then it is quiet',
	async (partitions) => {
		const name = await newQueue({ partitions, maxReceives: 1_000 });
		const queue = await queues.fresh(env, name);
		const poll = () => {
			const command = { max: 1, visibilityTimeoutMs: 0, consumer: 'w' };
			return receive({ env, queue, command, deadline: Date.now() + 20_000, signal: new AbortController().signal });
		};
		const figures = async () => {
			const parts = await everyPartition(queue, (index) => partitionAt(env, queue, index).figures(told(queue)));
			return parts.filter((part): part is Figures => !isRefusal(part));
		};
		const sum = async (of: (part: Figures) => number) => (await figures()).reduce((total, part) => total + of(part), 0);
		const polls = [poll(), poll(), poll()];
		await until(async () => (await sum((part) => part.waiters)) === 3 * partitions);
		await publish(name, 'a');
		const answers = (await Promise.all(polls)) as Received[];
		const attempts = answers.flatMap((answer) =>
			answer.flatMap(({ tag, parts }) => oneByOne(tag, parts).map(({ attempt }) => attempt)),
		);
		expect(attempts.sort()).toEqual([1, 2, 3]);
		await until(async () => (await sum((part) => part.waiters)) === 0);
		expect(await sum(({ totals }) => totals.delivered)).toBe(3);
		expect(await sum(({ visible }) => visible)).toBe(1);
	},
);
