import { z } from 'zod';

/** JSON Schema, as far as the OpenAPI document uses it. */
export interface Schema {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly enum?: readonly unknown[];
	readonly pattern?: string;
	readonly format?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly exclusiveMinimum?: number;
	readonly maximum?: number;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: boolean | Schema;
	readonly anyOf?: readonly Schema[];
	readonly allOf?: readonly Schema[];
}

export type Schemas = Readonly<Record<string, Schema>>;

/** What is wrong with a value, or null. */
export type Validator = (value: unknown) => string | null;

const REF = '#/components/schemas/';

/** The schema that a reference names; what is none, as it is. Sibling schemas of an `allOf` become one. */
export function resolved(schema: Schema, schemas: Schemas): Schema {
	if (schema.$ref !== undefined) {
		const named = schemas[schema.$ref.slice(REF.length)];
		if (named === undefined) throw new Error(`the document has no ${schema.$ref}`);
		return resolved(named, schemas);
	}
	if (schema.allOf === undefined) return schema;
	const parts = schema.allOf.map((part) => resolved(part, schemas));
	return {
		type: 'object',
		properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
		required: parts.flatMap(({ required = [] }) => required),
	};
}

/**
 * `sent`: a request's, as the document has it. `answered`: an answer's, where a field that is not documented is a fault
 * too, though JSON Schema would let it pass.
 */
export function validator(schema: Schema, schemas: Schemas, direction: 'sent' | 'answered'): Validator {
	const whole = expanded(schema, schemas, direction === 'answered');
	const compiled = z.fromJSONSchema(whole as Parameters<typeof z.fromJSONSchema>[0]);
	return (value) => {
		const result = compiled.safeParse(value);
		if (result.success) return null;
		return result.error.issues
			.slice(0, 3)
			.map(({ path, message }) => `/${path.join('/')}: ${message}`)
			.join('; ');
	};
}

/** With every reference replaced by what it names: the document has no cycles. */
function expanded(schema: Schema, schemas: Schemas, isClosed: boolean): Schema {
	const { items, properties, anyOf, additionalProperties, ...plain } = resolved(schema, schemas);
	const within = (part: Schema) => expanded(part, schemas, isClosed);
	return {
		...plain,
		...(items === undefined ? {} : { items: within(items) }),
		...(anyOf === undefined ? {} : { anyOf: anyOf.map(within) }),
		...(properties === undefined
			? {}
			: { properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, within(part)])) }),
		...(additionalProperties !== undefined
			? { additionalProperties }
			: properties !== undefined && isClosed
				? { additionalProperties: false }
				: {}),
	};
}
