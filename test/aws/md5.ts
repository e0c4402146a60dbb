import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

export function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}

/** `MD5OfMessageAttributes` as AWS documents it: what Java's and PHP's SDKs compare with the answer. */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttributeValue>>): string {
	const hash = createHash('md5');
	const add = (bytes: Uint8Array) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(bytes.length);
		hash.update(length).update(bytes);
	};
	for (const name of Object.keys(attributes).sort()) {
		const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
		add(Buffer.from(name));
		add(Buffer.from(DataType));
		hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
		add(BinaryValue ?? Buffer.from(StringValue ?? ''));
	}
	return hash.digest('hex');
}
