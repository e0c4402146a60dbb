import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../../durable-objects/protocol';
import { base64Of, type MessageAttribute } from '../attributes';
import { AwsError } from '../errors';
import { textParameter } from '../parameters';
import { SNS_ERRORS } from './errors';

// https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html

/** By their names; bytes are in base64. */
export const messageAttributesParameter = z
	.record(
		z.string(),
		z.object({
			DataType: textParameter.optional(),
			StringValue: textParameter.optional(),
			BinaryValue: textParameter.optional(),
		}),
	)
	.default({});

type Given = z.output<typeof messageAttributesParameter>;

const LONGEST_NAME = 256;
const LONGEST_TYPE = 256;

/** The attributes of a message; refuses, in AWS's words, what it would not take. */
export function readAttributes(given: Given): MessageAttribute[] {
	const entries = Object.entries(given);
	if (entries.length > LIMITS.attributes) {
		throw wrong(`A message can have at most ${LIMITS.attributes} message attributes.`);
	}
	return entries.map(([name, attribute]) => {
		checkName(name);
		return readAttribute(name, attribute);
	});
}

function checkName(name: string): void {
	if (name === '') throw wrong('The message attribute name must not be empty.');
	if (name.length > LONGEST_NAME) throw wrong('Length of message attribute name must be less than 256 bytes.');
	if (name.startsWith('.')) throw wrong("Invalid message attribute name starting with character '.' was found.");
	if (name.endsWith('.')) throw wrong("Invalid message attribute name ending with character '.' was found.");
	const other = /[^\w.-]/u.exec(name)?.[0];
	if (other !== undefined) {
		const code = other.codePointAt(0)?.toString(16).toUpperCase();
		throw wrong(
			`Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
		);
	}
	if (name.includes('..')) throw wrong("Message attribute name can not have successive '.' character.");
	// The name of every object's prototype: no map in JavaScript keeps it safely.
	if (name === '__proto__') throw wrong("The message attribute name '__proto__' cannot be used here.");
}

function readAttribute(name: string, { DataType: type, StringValue, BinaryValue }: Given[string]): MessageAttribute {
	const [, base] = /^(String|Number|Binary)(\..+)?$/s.exec(type ?? '') ?? [];
	if (type === undefined || base === undefined || type.length > LONGEST_TYPE) {
		throw wrong(
			`The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
		);
	}
	const field = base === 'Binary' ? 'Binary' : 'String';
	const value = base === 'Binary' ? BinaryValue : StringValue;
	if (!value && (value === '' || (StringValue ?? BinaryValue) === undefined)) {
		throw wrong(
			`The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
		);
	}
	if (value === undefined)
		throw wrong(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
	if (base === 'Number' && !Number.isFinite(Number(value))) {
		throw wrong(`Could not cast message attribute '${name}' value to number.`);
	}
	if (base !== 'Binary') return { name, type, value };
	const bytes = base64Of(value);
	if (bytes === undefined) throw wrong(`The message attribute '${name}' has a value that is not base64.`);
	return { name, type, value: bytes };
}

function wrong(message: string): AwsError {
	return new AwsError(SNS_ERRORS.invalidValue, message);
}
