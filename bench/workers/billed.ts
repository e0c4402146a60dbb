/** What an object has been billed for since it woke. */
export interface Billed {
	/** As every statement's cursor tells, and one for each alarm that was set. */
	readonly rowsWritten: number;
	readonly rowsRead: number;
	readonly alarmsSet: number;
}
