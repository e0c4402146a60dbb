import { z } from '@hono/zod-openapi';
import { catalogOf, queues } from '../../catalog';
import { orProblem } from '../../problems';
import type { Actions, Call } from '../facade';
import { queueArn } from '../names';
import { textList, textParameter } from '../parameters';
import { newStatement, type Statement, statementsIn } from '../statements';
import { action, queueUrlParameter } from './action';
import { attributeOf, patchOf } from './attributes';
import { invalidParameter } from './errors';

const PERMITTED = [
	'*',
	'ChangeMessageVisibility',
	'DeleteMessage',
	'GetQueueAttributes',
	'GetQueueUrl',
	'ReceiveMessage',
	'SendMessage',
];
const LABEL = /^[A-Za-z0-9_-]{1,80}$/;

type Change = (statements: readonly Statement[], queueArn: string) => readonly Statement[];

/** A policy without a statement is none. */
async function changeStatements({ env, region }: Call, name: string, change: Change) {
	const arn = queueArn(region, name);
	const queue = await queues.fresh(env, name);
	const blank = { Version: '2008-10-17', Id: `${arn}/SQSDefaultPolicy` };
	const policy = { ...blank, ...JSON.parse(attributeOf(queue, 'Policy', region) ?? '{}') };
	const statements = change(statementsIn(policy), arn);
	const text = statements.length === 0 ? '' : JSON.stringify({ ...policy, Statement: statements });
	queues.remember(orProblem(await catalogOf(env).patchQueue(name, patchOf(name, { Policy: text }))));
	return {};
}

const Labelled = z.object({ QueueUrl: queueUrlParameter, Label: textParameter });

const NewPermission = Labelled.extend({ AWSAccountIds: textList.min(1), Actions: textList.min(1) });

export const permissionActions: Actions = {
	AddPermission: action({
		access: 'manage',
		parameters: NewPermission,
		about: ({ QueueUrl }) => QueueUrl,
		run: (call, { QueueUrl, Label, AWSAccountIds, Actions }) => {
			const rule = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
			if (!LABEL.test(Label)) throw invalidParameter('Label', Label, rule);
			const account = AWSAccountIds.find((each) => !/^\d{12}$/.test(each));
			if (account !== undefined) throw invalidParameter('PrincipalId', `[${account}]`, 'Unable to verify.');
			const other = Actions.find((each) => !PERMITTED.includes(each));
			if (other !== undefined) {
				const reason = 'Please refer to the appropriate WSDL for a list of valid actions.';
				throw invalidParameter('ActionName', `SQS:${other}`, reason);
			}
			return changeStatements(call, QueueUrl, (statements, arn) => {
				if (statements.some(({ Sid }) => Sid === Label)) throw invalidParameter('Label', Label, 'Already exists.');
				const actions = Actions.map((each) => `SQS:${each}`);
				return [...statements, newStatement(Label, AWSAccountIds, actions, arn)];
			});
		},
	}),

	RemovePermission: action({
		access: 'manage',
		parameters: Labelled,
		about: ({ QueueUrl }) => QueueUrl,
		run: (call, { QueueUrl, Label }) =>
			changeStatements(call, QueueUrl, (statements) => {
				const rest = statements.filter(({ Sid }) => Sid !== Label);
				if (rest.length === statements.length) throw invalidParameter('Label', Label, "can't find label.");
				return rest;
			}),
	}),
};
