import type { z } from '@hono/zod-openapi';
import type { AccessAction } from '../../durable-objects/catalog-protocol';
import type { Env } from '../../durable-objects/env';
import type { Caller } from '../auth';
import type { Problem } from '../problems';
import type { AwsError } from './errors';

/** A request whose signature is good, before its action is carried out. */
export interface Call {
	readonly env: Env;
	readonly request: Request;
	readonly caller: Caller;
	readonly accessKeyId: string;
	/** Of the signature: what ARNs in the answer say. */
	readonly region: string;
	/** Scheme and host that the caller used: what addresses in the answer begin with. */
	readonly origin: string;
}

/** What a key needs for an action: one of its permissions, or any of them (a producer and a consumer both ask for addresses). */
export type Access = AccessAction | 'any';

/** What an action answers: the fields of the service model, as AWS JSON has them. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Action {
	readonly access: Access;
	/** Checks the parameters, finds out what they are about, and asks `permit` for it, before anything is done. */
	readonly run: (call: Call, parameters: unknown, permit: (name?: string) => void) => Promise<Answer>;
}

interface Definition<S extends z.ZodType> {
	readonly access: Access;
	readonly parameters: S;
	/** The queue or topic that the action is about; undefined: none in particular. */
	readonly about?: (parameters: z.output<S>) => string | undefined;
	readonly run: (call: Call, parameters: z.output<S>) => Promise<Answer | undefined> | Answer | undefined;
}

/** A group of SQS's actions, or of SNS's: by name. */
export type Actions = Readonly<Record<string, Action>>;

/** One of the two: what differs between them beside their actions. */
export interface Facade {
	readonly actions: Actions;
	/** What its clients sign for. */
	readonly scope: 'sqs' | 'sns';
	/** Of the XML that it answers. */
	readonly namespace: string;
	/** Parameters as the Query protocol has them, nested by their dots, in the form of the service model. */
	readonly parametersOf: (query: Tree) => Record<string, unknown>;
	readonly xml: XmlNames;
	/** What the native API would refuse, in AWS's words. */
	readonly errorOf: (problem: Problem) => AwsError;
}

/** Parameters of the Query protocol: `a.1.b=c` is `{a: {1: {b: 'c'}}}`. */
export interface Tree {
	readonly [name: string]: string | Tree;
}

/** How fields with lists and maps are written in XML. */
export interface XmlNames {
	/** The element of each entry of a list. Lists that are not named here stand in an element of their own, as `member`s. */
	readonly entry: (field: string, action: string) => string | undefined;
	/** Whether the service model gives an action a result: then it has an element, though it may be empty, since clients look for it. */
	readonly hasResult: (action: string) => boolean;
	/** Of a map: the element of each entry, of its key and of its value. Undefined: a structure. */
	readonly map: (field: string) => readonly [entry: string, key: string, value: string] | undefined;
}

/** Makes an action of its parts; `invalid` turns the faults of its parameters into an error. */
export function actionMaker(invalid: (error: z.ZodError) => AwsError) {
	return function action<S extends z.ZodType>({ access, parameters, about, run }: Definition<S>): Action {
		return {
			access,
			run: async (call, given, permit) => {
				const checked = parameters.safeParse(given, { reportInput: true });
				if (!checked.success) throw invalid(checked.error);
				permit(about?.(checked.data));
				return (await run(call, checked.data)) ?? {};
			},
		};
	};
}
