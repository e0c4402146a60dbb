import { z } from '@hono/zod-openapi';
import { catalogOf, topics } from '../../catalog';
import { orProblem } from '../../problems';
import type { Actions, Call } from '../facade';
import { topicArn } from '../names';
import { textList, textParameter } from '../parameters';
import { newStatement, type Statement, statementsIn } from '../statements';
import { jsonObjectOf } from '../values';
import { action, invalid, topicArnParameter } from './action';
import { attributePatch } from './kept';
import { topicAttributes } from './topic-attributes';

const ACTIONS: ReadonlySet<string> = new Set([
	...['AddPermission', 'RemovePermission', 'GetTopicAttributes', 'SetTopicAttributes', 'DeleteTopic', 'Publish'],
	...['Subscribe', 'ListSubscriptionsByTopic', 'ListTagsForResource', 'GetDataProtectionPolicy'],
	'PutDataProtectionPolicy',
]);

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
				const actions = ActionName.map((actionName) => `SNS:${actionName}`);
				return [...statements, newStatement(Label, AWSAccountId, actions, topicArn(call.region, name))];
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
	const policy = jsonObjectOf(Policy) ?? {};
	const changed = JSON.stringify({ ...policy, Statement: change(statementsIn(policy)) });
	topics.remember(orProblem(await catalogOf(env).annotateTopic(name, attributePatch({ Policy: changed }))));
}
