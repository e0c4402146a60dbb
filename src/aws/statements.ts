/** A statement of the policy of a queue or topic: kept and answered; what a caller may do, its access key decides. */
export interface Statement {
	readonly Sid?: string;
	readonly [field: string]: unknown;
}

/** Those of a policy, which may have one alone; what is none, clients may have written all the same. */
export function statementsIn({ Statement: found = [] }: { readonly Statement?: unknown }): Statement[] {
	return [found].flat().filter((one): one is Statement => typeof one === 'object' && one !== null);
}

/** The statement that AddPermission adds; actions with their prefix, as `SQS:SendMessage`. */
export function newStatement(
	Sid: string,
	accounts: readonly string[],
	actions: readonly string[],
	Resource: string,
): Statement {
	const principals = accounts.map((account) => `arn:aws:iam::${account}:root`);
	return { Sid, Effect: 'Allow', Principal: { AWS: oneOrAll(principals) }, Action: oneOrAll(actions), Resource };
}

function oneOrAll<T>(values: readonly T[]): T | readonly T[] | undefined {
	return values.length === 1 ? values[0] : values;
}
