declare module 'siphash' {
	/** SipHash-2-4 of a text's UTF-8 (or of bytes) under a key of four words: the 64 bits as two. */
	export function hash(key: Uint32Array, message: string | Uint8Array): { readonly h: number; readonly l: number };
}
