import { z } from '@hono/zod-openapi';
import { catalogOf, topics } from '../../catalog';
import { orProblem } from '../../problems';
import type { Actions, Call } from '../facade';
import { topicArn } from '../names';
import { textList, textParameter } from '../parameters';
import { action, invalid, topicArnParameter } from './action';
import { jsonObjectOf } from './attribute-values';
import { attributePatch } from './kept';
import { topicAttributes } from './topic-attributes';

// The policy of a topic is kept for those who read it back. What a client may do is said by its access key alone.

const ACTIONS: ReadonlySet<string> = new Set([
	...['AddPermission', 'RemovePermission', 'GetTopicAttributes', 'SetTopicAttributes', 'DeleteTopic', 'Publish'],
	...['Subscribe', 'ListSubscriptionsByTopic', 'ListTagsForResource', 'GetDataProtectionPolicy'],
	'PutDataProtectionPolicy',
]);

type Statement = Readonly<Record<string, unknown>>;

export const permissionActions: Actions = {
	AddPermission: action({
		access: 'manage',
		parameters: z.object({
			TopicArn: topicArnParameter,
			Label: textParameter,
			AWSAccountId: textList,
			ActionName: textList,
		}),
		about: ({ TopicArn }) => TopicArn,
		run: (call, { TopicArn: name, Label, AWSAccountId, ActionName }) =>
			changeStatements(call, name, (statements) => {
				if (statements.some(({ Sid }) => Sid === Label)) throw invalid('Statement already exists');
				if (!ActionName.every((actionName) => ACTIONS.has(actionName))) {
					throw invalid('Policy statement action out of service scope!');
				}
				const added = {
					Sid: Label,
					Effect: 'Allow',
					Principal: { AWS: oneOrMore(AWSAccountId.map((account) => `arn:aws:iam::${account}:root`)) },
					Action: oneOrMore(ActionName.map((actionName) => `SNS:${actionName}`)),
					Resource: topicArn(call.region, name),
				};
				return [...statements, added];
			}),
	}),

	RemovePermission: action({
		access: 'manage',
		parameters: z.object({ TopicArn: topicArnParameter, Label: textParameter }),
		about: ({ TopicArn }) => TopicArn,
		run: (call, { TopicArn: name, Label }) =>
			changeStatements(call, name, (statements) => statements.filter(({ Sid }) => Sid !== Label)),
	}),
};

async function changeStatements(
	{ env, region }: Call,
	name: string,
	change: (statements: readonly Statement[]) => readonly Statement[],
): Promise<undefined> {
	const { Policy = '' } = topicAttributes(region, orProblem(await catalogOf(env).getTopic(name)));
	const policy = jsonObjectOf(Policy);
	const statements = Array.isArray(policy?.Statement) ? (policy.Statement as Statement[]) : [];
	const changed = JSON.stringify({ ...policy, Statement: change(statements) });
	topics.remember(orProblem(await catalogOf(env).annotateTopic(name, attributePatch({ Policy: changed }))));
}

function oneOrMore(values: readonly string[]): unknown {
	return values.length === 1 ? values[0] : values;
}
