import type { Prng } from '../../test/simulation/prng.ts';
import type { AwsKnowledge } from './knowledge.ts';
import { SNS_ACTIONS } from './sns-actions.ts';
import { SQS_ACTIONS } from './sqs-actions.ts';

export type Parameters = Record<string, unknown>;

/** What parameters are made of. */
export interface AwsSetting {
	readonly random: Prng;
	readonly knowledge: AwsKnowledge;
}

/** One action of SQS or SNS. */
export interface AwsAction {
	/** Parameters as AWS JSON has them, which mostly mean something. */
	readonly example: (setting: AwsSetting) => Parameters;
	/** Members that no success is without. */
	readonly answers: readonly string[];
	/** How often it is asked beside the others, which are asked once. */
	readonly turns?: number;
	/** Is about no queue or topic: any key may ask, and is shown what it covers. */
	readonly isList?: boolean;
}

export type AwsActions = Readonly<Record<string, AwsAction>>;

/** An action in one of the protocols of its API. */
export interface AwsOperation {
	/** `SQS SendMessage (JSON)` */
	readonly id: string;
	readonly api: 'sqs' | 'sns';
	readonly protocol: 'json' | 'query';
	readonly name: string;
	readonly action: AwsAction;
}

/** Every action in every protocol: SQS speaks two, SNS one. */
export const AWS_OPERATIONS: readonly AwsOperation[] = [
	...Object.entries(SQS_ACTIONS).flatMap(([name, action]) => [
		{ id: `SQS ${name} (JSON)`, api: 'sqs', protocol: 'json', name, action } as const,
		{ id: `SQS ${name} (Query)`, api: 'sqs', protocol: 'query', name, action } as const,
	]),
	...Object.entries(SNS_ACTIONS).map(
		([name, action]) => ({ id: `SNS ${name} (Query)`, api: 'sns', protocol: 'query', name, action }) as const,
	),
];
