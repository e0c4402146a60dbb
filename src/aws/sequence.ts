/** SQS and SNS say 20 digits; with zeros in front they sort as texts too. */
export function sequenceNumber(sequence: number): string {
	return String(sequence).padStart(20, '0');
}

/** The sequence number of a message in the topic that gave it this id: how the id ends (`ownId`, engine/message.ts). */
export function sequenceOfId(id: string): number {
	return Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36);
}
