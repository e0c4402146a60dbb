import type { AnnotationPatch, Annotations } from '../../../durable-objects/protocol';

// What SNS knows of topics and subscriptions and Sluice does not, kept as their annotations: an attribute of SNS and a tag
// each under its own name, so that changes of several clients at once do not undo each other.

const ATTRIBUTE = 'sns.';
const TAG = 'sns:tag.';

type Annotated = { readonly annotations?: Annotations };

export function keptAttributes({ annotations }: Annotated): Record<string, string> {
	return withPrefix(ATTRIBUTE, annotations);
}

/** Null takes one away. */
export function attributePatch(attributes: Readonly<Record<string, string | null>>): AnnotationPatch {
	return prefixed(ATTRIBUTE, attributes);
}

export function keptTags({ annotations }: Annotated): Record<string, string> {
	return withPrefix(TAG, annotations);
}

/** Null takes one away. */
export function tagPatch(tags: Readonly<Record<string, string | null>>): AnnotationPatch {
	return prefixed(TAG, tags);
}

/** All that a new topic or subscription keeps. */
export function annotationsOf(
	attributes: Readonly<Record<string, string>>,
	tags: Readonly<Record<string, string>> = {},
): Annotations {
	return { ...prefixed(ATTRIBUTE, attributes), ...prefixed(TAG, tags) };
}

function withPrefix(prefix: string, annotations: Annotations = {}): Record<string, string> {
	const entries = Object.entries(annotations).filter(([name]) => name.startsWith(prefix));
	return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

function prefixed<V extends string | null>(prefix: string, values: Readonly<Record<string, V>>): Record<string, V> {
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}
