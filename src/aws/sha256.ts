import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** SHA-256, or HMAC-SHA-256 where there is a secret: what the signing library asks of a platform. */
export class Sha256 {
	private readonly state: Hash | Hmac;

	constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
		this.state = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
	}

	update(data: Uint8Array): void {
		this.state.update(data);
	}

	async digest(): Promise<Uint8Array> {
		return this.state.digest();
	}
}

function bytesOf(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
	if (typeof secret === 'string') return secret;
	return ArrayBuffer.isView(secret)
		? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
		: new Uint8Array(secret);
}
