import { describe, expect, test } from 'vitest';
import { SNS } from '../../src/aws/sns/sns';
import { Prng } from '../simulation/prng';
import { arnOf, send } from './client';
import { received, sns, topicArnOf } from './sns';
import { newEnds, raw, subscribed } from './subscribed';

// Parameters that no SDK sends: whatever they are, the answer is one of SNS, and what is there goes on working.

const ROUNDS = 40;

const NAMES = [
	...['TopicArn', 'TargetArn', 'ResourceArn', 'SubscriptionArn', 'Name', 'Protocol', 'Endpoint', 'Token', 'NextToken'],
	...['AttributeName', 'AttributeValue', 'Message', 'Subject', 'MessageStructure', 'MessageGroupId', 'PhoneNumber'],
	...['MessageDeduplicationId', 'Label', 'Attributes', 'Tags', 'TagKeys', 'AWSAccountId', 'ActionName'],
	...['MessageAttributes', 'PublishBatchRequestEntries', 'DataProtectionPolicy', 'QueueUrl', '__proto__'],
];

const ENDINGS = [
	...['', '', '', '.1', '.member', '.member.1', '.entry.1', '.entry.1.key', '.entry.1.Name', '.entry.1.value'],
	...['.entry.1.Value', '.entry.1.Value.DataType', '.entry.1.Value.BinaryValue', '.member.1.Id', '.member.1.Key'],
	...['.member.1.Message', '.member.1.MessageAttributes.entry.1.Name', '.member.-1', '.constructor', '.a.b.c'],
];

function values(topic: string, queue: string): string[] {
	const deep = `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`;
	return [
		...[
			'',
			' ',
			'x',
			'0',
			'-1',
			'true',
			'null',
			'{}',
			'[]',
			'{"default":"x"}',
			'{"sqs":1}',
			'__proto__',
			'constructor',
		],
		...['sqs', 'json', 'Policy', 'FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'FifoTopic', 'String'],
		...['Binary', 'Number', topicArnOf(topic), `${topicArnOf(topic)}:x`, arnOf(queue), ':::::', 'arn:aws:sns:::'],
		...['\0\u0001\uFFFE', '<&>"', '😀'.repeat(100), 'x'.repeat(5_000), deep, '{"a":[{"wildcard":"*a*a*a*"}]}'],
	];
}

describe('whatever it is asked', () => {
	test.each(Object.keys(SNS.actions))('%s answers, and breaks nothing else', async (action) => {
		const [mine, victim] = [await newEnds(), await newEnds()];
		await subscribed(mine, raw);
		const arn = await subscribed(victim);
		const prng = new Prng(action.length * 7_919 + action.charCodeAt(0));
		const pool = [...values(victim.topic, victim.queue), arn];
		for (let round = 0; round < ROUNDS; round++) {
			const parameters = Array.from({ length: prng.between(1, 6) }, () => [
				prng.pick(NAMES) + prng.pick(ENDINGS),
				prng.pick(pool),
			]);
			// Else few would come past the one parameter that all others hang on.
			const about = prng.chance(0.5)
				? [
						['TopicArn', topicArnOf(victim.topic)],
						['SubscriptionArn', arn],
					]
				: [];
			const body = new URLSearchParams([
				['Action', action],
				['Version', '2010-03-31'],
				...about,
				...parameters,
			]).toString();
			const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
			const response = await send({ headers, body, scope: 'sns' });
			const xml = await response.text();
			expect(response.status, body).toBeLessThan(500);
			expect(xml, body).toMatch(/^<\?xml version="1\.0"\?><(\w+Response) .*<\/\1>$/s);
		}
		await sns('Publish', { TopicArn: topicArnOf(mine.topic), Message: 'after' });
		expect(await received(mine.queue, 1)).toMatchObject([{ body: 'after' }]);
	});
});
