import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isBinary, type MessageAttribute } from '../attributes';

// The digests that clients compare with what they have sent and received.

/** Of a text's UTF-8. */
export function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}

const STRING = Uint8Array.of(1);
const BINARY = Uint8Array.of(2);

/**
 * As AWS defines it: by name, each part with its length before it
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html). Undefined for none.
 */
export function md5OfAttributes(attributes: readonly MessageAttribute[]): string | undefined {
	if (attributes.length === 0) return undefined;
	const hash = createHash('md5');
	const add = (bytes: Uint8Array) => {
		const length = new Uint8Array(4);
		new DataView(length.buffer).setUint32(0, bytes.byteLength);
		hash.update(length).update(bytes);
	};
	for (const attribute of attributes.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
		add(Buffer.from(attribute.name));
		add(Buffer.from(attribute.type));
		hash.update(isBinary(attribute) ? BINARY : STRING);
		add(Buffer.from(attribute.value, isBinary(attribute) ? 'base64' : 'utf8'));
	}
	return hash.digest('hex');
}
