/** The part of `node:crypto` (compatibility flag nodejs_compat) that the edge uses: Web Crypto has no synchronous HMAC. */
declare module 'node:crypto' {
	interface KeyedHash {
		update(text: string): KeyedHash;
		digest(): Uint8Array;
		digest(encoding: 'base64url'): string;
	}
	export function createHmac(algorithm: 'sha256', key: string | Uint8Array): KeyedHash;
	/** Throws where the lengths differ. */
	export function timingSafeEqual(left: Uint8Array, right: Uint8Array): boolean;
}
