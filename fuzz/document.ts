import { resolved, type Schema, type Schemas, type Validator, validator } from './schema.ts';

export interface Parameter {
	readonly name: string;
	readonly in: 'path' | 'query';
	readonly schema: Schema;
}

/** Null: a body that is the message itself. */
export interface JsonBody {
	readonly schema: Schema;
	readonly fault: Validator;
}

interface DocumentedAnswer {
	readonly contentType: string;
	/** Null: not JSON. */
	readonly fault: Validator | null;
}

/** A route and a method of the document, with all that a request to it may carry. */
export interface Operation {
	/** `POST /v1/queues/{queue}/messages` */
	readonly id: string;
	readonly method: string;
	readonly path: string;
	readonly parameters: readonly Parameter[];
	readonly body: JsonBody | 'raw' | 'none';
	readonly answers: ReadonlyMap<number, DocumentedAnswer>;
	/** Problem codes that its documentation names. */
	readonly codes: ReadonlySet<string>;
	/** Needs no key. */
	readonly isOpen: boolean;
	/** Only the root key opens it. */
	readonly isRootOnly: boolean;
}

/** What Sluice says of itself. */
export interface Api {
	readonly operations: readonly Operation[];
	readonly schemas: Schemas;
	readonly problemFault: Validator;
}

interface Content {
	readonly [contentType: string]: { readonly schema: Schema };
}

interface RawOperation {
	readonly description?: string;
	readonly security: readonly object[];
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: Content };
	readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
}

export interface RawDocument {
	readonly components: { readonly schemas: Schemas };
	readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
}

/** Every operation of an OpenAPI document. */
export function readApi(document: RawDocument): Api {
	const { schemas } = document.components;
	const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, raw]) => readOperation(path, method.toUpperCase(), raw, schemas)),
	);
	return {
		operations,
		schemas,
		problemFault: validator({ $ref: '#/components/schemas/Problem' }, schemas, 'answered'),
	};
}

function readOperation(path: string, method: string, raw: RawOperation, schemas: Schemas): Operation {
	const { parameters = [], requestBody, responses, security, description = '' } = raw;
	const answers = Object.entries(responses).filter(([status]) => status !== 'default');
	const codes = /Codes: ([^.]*)\./.exec(responses.default?.description ?? '')?.[1]?.split(', ') ?? [];
	return {
		id: `${method} ${path}`,
		method,
		path,
		parameters: parameters.map((parameter) => ({ ...parameter, schema: resolved(parameter.schema, schemas) })),
		body: readBody(requestBody?.content, schemas),
		answers: new Map(answers.map(([status, { content }]) => [Number(status), readAnswer(content, schemas)])),
		codes: new Set(codes),
		isOpen: security.length === 0,
		isRootOnly: /root key only/.test(description),
	};
}

function readBody(content: Content | undefined, schemas: Schemas): Operation['body'] {
	if (content === undefined) return 'none';
	const schema = content['application/json']?.schema;
	return schema === undefined ? 'raw' : { schema, fault: validator(schema, schemas, 'sent') };
}

function readAnswer(content: Content, schemas: Schemas): DocumentedAnswer {
	const [[contentType, { schema }] = ['', { schema: {} }]] = Object.entries(content);
	const isJson = contentType === 'application/json';
	return { contentType, fault: isJson ? validator(schema, schemas, 'answered') : null };
}

/** The operation that an address leads to, after what URLs do to `..` and `\`; undefined where none is there. */
export function operationAt(api: Api, method: string, target: string): Operation | undefined {
	if (!URL.canParse(target, 'http://any')) return undefined;
	const { pathname } = new URL(target, 'http://any');
	const segments = pathname.split('/');
	const wanted = method === 'HEAD' ? 'GET' : method;
	const fits = ({ path }: Operation) => {
		const pattern = path.split('/');
		return (
			pattern.length === segments.length &&
			pattern.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))
		);
	};
	const found = api.operations.filter((operation) => operation.method === wanted && fits(operation));
	return found.find(({ path }) => path === pathname) ?? found[0];
}
