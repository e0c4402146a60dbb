import { type AnnotationPatch, type Annotations, annotationBytes, LIMITS, type Refusal, refuse } from '../protocol';

/** As a row keeps them: the same annotations are the same text, and none are null. */
export function annotationsText(annotations: Annotations | undefined): string | null {
	const entries = Object.entries(annotations ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
	return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
}

/** As a property of what a row holds; none where it has none. */
export function annotationsOf(text: string | null): { readonly annotations?: Annotations } {
	return text === null ? {} : { annotations: JSON.parse(text) as Annotations };
}

export function sameAnnotations(one: Annotations | undefined, other: Annotations | undefined): boolean {
	return annotationsText(one) === annotationsText(other);
}

export function mergeAnnotations(annotations: Annotations | undefined, patch: AnnotationPatch): Annotations {
	const merged = new Map<string, string | null>(Object.entries(annotations ?? {}));
	for (const [name, value] of Object.entries(patch)) merged.set(name, value);
	return Object.fromEntries([...merged].filter((entry): entry is [string, string] => entry[1] !== null));
}

/** `owner`: whose they are, by name. */
export function checkAnnotations(owner: string, annotations: Annotations | undefined): Refusal | null {
	const bytes = annotationBytes(annotations ?? {});
	if (bytes <= LIMITS.annotationBytes) return null;
	const detail = `The annotations of ${owner} have ${bytes} bytes together, ${LIMITS.annotationBytes} are the most: shorten them.`;
	return refuse('annotations_too_large', detail);
}
