import type { ReceivedMessage } from '../../../durable-objects/protocol';
import { typeOf } from '../attributes';
import { messageIdOf } from '../message-ids';
import { isFifo, subscriptionArn, topicArn } from '../names';
import { sequenceNumber, sequenceOfId } from '../sequence';
import { keptBy } from '../sqs/kept';

/** The version of AWS's signature that an empty one would be of. */
const SIGNATURE_VERSION = '1';

/**
 * The body that SQS's clients see of a message that a subscription without raw delivery brought: SNS's notification, as
 * JSON (https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html). The same message is the same text at
 * every receive, wherever it has been meanwhile, so that its MD5 is. `message` is a copy that has a mark.
 */
export function enveloped(
	at: { readonly region: string; readonly origin: string },
	message: Pick<ReceivedMessage, 'copyOf' | 'body' | 'attributes' | 'annotations' | 'publishedAt'>,
): string {
	const { topic, id, mark } = message.copyOf ?? {};
	if (topic === undefined || id === undefined || mark === undefined) {
		throw new Error('only the copy of a marked subscription has an envelope');
	}
	const kept = keptBy(message);
	const attributes = Object.entries(message.attributes ?? {}).map(
		([name, value]) => [name, { Type: typeOf(kept, name), Value: value }] as const,
	);
	// What is undefined is left out. AWS does not sign what comes through a FIFO topic.
	const text = JSON.stringify({
		Type: 'Notification',
		MessageId: messageIdOf(id),
		SequenceNumber: isFifo(topic) ? sequenceNumber(sequenceOfId(id)) : undefined,
		TopicArn: topicArn(at.region, topic),
		Subject: kept.subject,
		Message: message.body,
		Timestamp: new Date(message.publishedAt).toISOString(),
		...(isFifo(topic) ? {} : UNSIGNED),
		UnsubscribeURL: unsubscribeUrl(at, topic, mark),
		MessageAttributes: attributes.length === 0 ? undefined : Object.fromEntries(attributes),
	});
	return text.replace(NOT_IN_XML, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** What JSON leaves as it is and XML cannot have: SQS's clients may speak either. */
const NOT_IN_XML = /[\uFFFE\uFFFF]/g;

/** The fields are there for clients that look for them; Sluice has no certificate that AWS's clients would trust. */
const UNSIGNED = { SignatureVersion: SIGNATURE_VERSION, Signature: '', SigningCertURL: '' };

/** The address that AWS would write. To end a subscription takes a signature here: opening it alone does not. */
function unsubscribeUrl({ region, origin }: { region: string; origin: string }, topic: string, name: string): string {
	return `${origin}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn(region, topic, name)}`;
}
