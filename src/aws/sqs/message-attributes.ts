import { base64Of, isBinary, type MessageAttribute } from '../attributes';
import { CHARACTERS_RULE, isCarried } from '../characters';
import { AwsError } from '../errors';
import { SQS_ERRORS } from './errors';

// What SQS takes as attributes of messages, and how it answers them
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).

const MOST = 10;
const LONGEST_NAME = 256;
const LONGEST_TYPE = 256;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;
const LARGEST_NUMBER = 1e126;
const SMALLEST_NUMBER = -1e128;

/** The attributes of a message that is sent; refuses, in AWS's words, what it would not take. */
export function readAttributes(given: unknown): MessageAttribute[] {
	const entries = entriesOf(given, 'MessageAttributes');
	if (entries.length > MOST) {
		throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MOST}].`);
	}
	return entries.map(([name, value]) => {
		checkName(name);
		return readAttribute(name, value);
	});
}

/** Of all that SQS could take here it takes a trace header alone; undefined where there is none. */
export function readTraceHeader(given: unknown): MessageAttribute | undefined {
	const [first, ...others] = entriesOf(given, 'MessageSystemAttributes').map(([name, value]) => {
		if (name !== TRACE_HEADER) throw invalid(`Message system attribute name '${shortened(name)}' is invalid.`);
		return readAttribute(name, value);
	});
	if (first === undefined || others.length > 0) return undefined;
	if (first.type === 'String' && first.value.length <= LONGEST_TRACE) return first;
	throw invalid(`Message system attribute '${TRACE_HEADER}' must be a String of at most ${LONGEST_TRACE} characters.`);
}

export const TRACE_HEADER = 'AWSTraceHeader';
/** Several times what X-Ray writes; it does not count as part of the message. */
const LONGEST_TRACE = 4_096;

/** As answers have them. */
export function attributesAnswer(attributes: readonly MessageAttribute[]): Record<string, object> {
	return Object.fromEntries(
		attributes.map((attribute) => {
			const { name, type, value } = attribute;
			return [
				name,
				isBinary(attribute) ? { BinaryValue: value, DataType: type } : { StringValue: value, DataType: type },
			];
		}),
	);
}

function entriesOf(given: unknown, parameter: string): [string, unknown][] {
	if (given === undefined || given === null) return [];
	if (typeof given === 'object' && !Array.isArray(given)) return Object.entries(given);
	throw invalid(`Value for parameter ${parameter} is invalid. Reason: Must be a map of attributes.`);
}

function checkName(name: string): void {
	if (name === '') throw invalid('The request must contain non-empty message (user) attribute names.');
	if (name.length > LONGEST_NAME) {
		throw invalid('Message (user) attribute names must be shorter than 256 Bytes.');
	}
	if (!/^[\w.-]+$/.test(name)) {
		throw invalid(
			'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
		);
	}
	if (/^(aws|amazon)\.|^\.|\.$|\.\./i.test(name)) {
		throw invalid(
			"You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. " +
				"Additionally, they cannot start or end with '.', or have two in a row.",
		);
	}
	// The name of every object's prototype: no map in JavaScript keeps it safely.
	if (name === '__proto__') throw invalid("The message attribute name '__proto__' cannot be used here.");
}

function readAttribute(name: string, given: unknown): MessageAttribute {
	const fields = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
	const { DataType: type, StringValue: text, BinaryValue: bytes, StringListValues, BinaryListValues } = fields;
	if ([StringListValues, BinaryListValues].some((list) => Array.isArray(list) && list.length > 0)) {
		throw new AwsError(
			SQS_ERRORS.unsupported,
			'Message attribute list values in SendMessage operation are not supported.',
		);
	}
	if (text === undefined && bytes === undefined) {
		throw invalid(`The message (user) attribute '${name}' must contain a non-empty message attribute value.`);
	}
	if (typeof type !== 'string' || type === '') {
		throw invalid(`The message (user) attribute '${name}' must contain a non-empty message attribute type.`);
	}
	const [, base] = /^(String|Number|Binary)(\.[\s\S]+)?$/.exec(type) ?? [];
	if (base === undefined || !isCarried(type)) {
		throw invalid(
			`The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
		);
	}
	if (type.length > LONGEST_TYPE) throw invalid('Message (user) attribute types must be shorter than 256 Bytes.');
	const value = base === 'Binary' ? readBytes(name, bytes, text) : readText(name, base, text, bytes);
	return { name, type, value };
}

function readText(name: string, base: string, text: unknown, bytes: unknown): string {
	if (typeof text !== 'string' || bytes !== undefined) {
		throw invalid(`The message attribute '${name}' with type '${base}' must use field 'String'.`);
	}
	if (text === '') {
		throw invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${base}'.`);
	}
	if (!isCarried(text)) throw new AwsError(SQS_ERRORS.invalidContents, CHARACTERS_RULE);
	if (base === 'Number' && !isNumber(text)) {
		throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
	}
	return text;
}

function isNumber(text: string): boolean {
	const value = Number(text);
	return DECIMAL.test(text) && value >= SMALLEST_NUMBER && value <= LARGEST_NUMBER;
}

/** The base64 as it is written here, whatever the client leaves out of it. */
function readBytes(name: string, bytes: unknown, text: unknown): string {
	if (typeof bytes !== 'string' || text !== undefined) {
		throw invalid(`The message attribute '${name}' with type 'Binary' must use field 'Binary'.`);
	}
	const value = base64Of(bytes);
	if (value === undefined) throw invalid(`The value of message (user) attribute '${name}' is not valid base64.`);
	if (value !== '') return value;
	throw invalid(`Message (user) attribute '${name}' must contain a non-empty value of type 'Binary'.`);
}

function shortened(name: string): string {
	return name.slice(0, LONGEST_NAME).toWellFormed();
}

function invalid(message: string): AwsError {
	return new AwsError(SQS_ERRORS.invalidParameter, message);
}
