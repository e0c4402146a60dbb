import { z } from '@hono/zod-openapi';
import { catalogOf, queues } from '../../catalog';
import { orProblem } from '../../problems';
import type { Actions, Call } from '../facade';
import { queueArn } from '../names';
import { textList, textParameter } from '../parameters';
import { action, queueUrlParameter } from './action';
import { attributeOf, patchOf } from './attributes';
import { invalidParameter } from './errors';

// Statements of a queue's Policy, which is kept and answered; what a caller may do, its access key decides.

interface Statement {
	readonly Sid?: string;
	readonly [field: string]: unknown;
}

interface Policy {
	readonly Version?: string;
	readonly Id?: string;
	readonly Statement?: Statement | readonly Statement[];
}

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
	const policy: Policy = { ...blank, ...JSON.parse(attributeOf(queue, 'Policy', region) ?? '{}') };
	const statements = change([policy.Statement ?? []].flat(), arn);
	const text = statements.length === 0 ? '' : JSON.stringify({ ...policy, Statement: statements });
	queues.remember(orProblem(await catalogOf(env).patchQueue(name, patchOf(name, { Policy: text }))));
	return {};
}

const Labelled = z.object({ QueueUrl: queueUrlParameter, Label: textParameter });

const NewPermission = Labelled.extend({ AWSAccountIds: textList.min(1), Actions: textList.min(1) });

function newStatement({ Label, AWSAccountIds, Actions }: z.output<typeof NewPermission>, arn: string): Statement {
	const actions = Actions.map((each) => `SQS:${each}`);
	const accounts = AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`);
	return {
		Sid: Label,
		Effect: 'Allow',
		Principal: { AWS: oneOrAll(accounts) },
		Action: oneOrAll(actions),
		Resource: arn,
	};
}

function oneOrAll<T>(values: readonly T[]): T | readonly T[] | undefined {
	return values.length === 1 ? values[0] : values;
}

export const permissionActions: Actions = {
	AddPermission: action({
		access: 'manage',
		parameters: NewPermission,
		about: ({ QueueUrl }) => QueueUrl,
		run: (call, wanted) => {
			const { QueueUrl, Label, AWSAccountIds, Actions } = wanted;
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
				return [...statements, newStatement(wanted, arn)];
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
