import { gzipSync } from 'node:zlib';
import type { KeyKind, Twist, WireTwist } from './draft.ts';

type Header = readonly [name: string, value: string];

const ATTRIBUTE = 'x-sluice-attribute-';

/** What a client may send and HTTP allows: none of it may do more than be refused. */
const LEGAL: Readonly<Record<string, readonly Header[]>> = {
	'content type of a form': [['content-type', 'application/x-www-form-urlencoded']],
	'content type of another charset': [['content-type', 'application/json; charset=utf-16']],
	'content type of parts': [['content-type', 'multipart/form-data; boundary=x']],
	'no content type': [['content-type', '']],
	'two content types': [
		['content-type', 'a/b'],
		['content-type', 'c/d'],
	],
	'a long content type': [['content-type', 'x'.repeat(256)]],
	'a content type beyond ASCII': [['content-type', 'text/\xe4']],
	'a bad traceparent': [['traceparent', '00-zz-zz-01']],
	'two traceparents': [
		['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
		['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
	],
	'a long traceparent': [['traceparent', '0'.repeat(10_000)]],
	'content encoding that is not': [['content-encoding', 'gzip']],
	'content encoding unknown': [['content-encoding', 'zstd, br, x']],
	'an attribute without a name': [[ATTRIBUTE, '1']],
	'an attribute named by a prototype': [[`${ATTRIBUTE}__proto__`, '1']],
	'an attribute named constructor': [[`${ATTRIBUTE}constructor`, '1']],
	'an attribute of an odd name': [[`${ATTRIBUTE}a!b`, '1']],
	'an attribute beyond ASCII': [[`${ATTRIBUTE}a`, '\xe4\xff']],
	'an attribute of UTF-8': [[`${ATTRIBUTE}a`, '\xf0\x9f\x8e\x8c']],
	'an empty attribute': [[`${ATTRIBUTE}a`, '']],
	'an attribute twice': [
		[`${ATTRIBUTE}a`, '1'],
		[`${ATTRIBUTE}A`, '2'],
	],
	'an attribute of a long name': [[`${ATTRIBUTE}${'a'.repeat(257)}`, '1']],
	'a large attribute': [[`${ATTRIBUTE}a`, 'x'.repeat(9_000)]],
	'64 attributes': attributes(64),
	'65 attributes': attributes(65),
	'a reserved attribute': [[`${ATTRIBUTE}sluice-source-id`, 'forged']],
	'another method': [['x-http-method-override', 'DELETE']],
	'another address': [
		['x-original-url', '/v1/keys'],
		['x-forwarded-prefix', '/..'],
		['x-forwarded-for', '127.0.0.1'],
		['cf-connecting-ip', '::1'],
	],
	'another host': [['x-forwarded-host', 'elsewhere.example']],
	'a range': [['range', 'bytes=0-0']],
	conditions: [
		['if-none-match', '*'],
		['if-modified-since', 'never'],
	],
	'an upgrade': [
		['connection', 'upgrade'],
		['upgrade', 'h2c'],
	],
	'an origin': [
		['origin', 'null'],
		['access-control-request-method', 'DELETE'],
	],
	'nothing accepted': [['accept', 'image/webp']],
	'a cookie': [['cookie', 'authorization=Bearer x']],
	'a date that is none': [['date', 'yesterday']],
};

function attributes(count: number): Header[] {
	return Array.from({ length: count }, (_, index) => [`${ATTRIBUTE}a${index}`, String(index)]);
}

/** What is no HTTP, or more of it than servers take. */
const ILLEGAL: Readonly<Record<string, readonly Header[]>> = {
	'a giant header': [['x-giant', 'x'.repeat(300_000)]],
	'5,000 headers': Array.from({ length: 5_000 }, (_, index): Header => [`x-many-${index}`, '1']),
	'a name with a space': [['x odd', '1']],
	'no name': [['', '1']],
	'a control character': [['x-odd', 'a\x01b']],
	'a NUL': [['x-odd', 'a\x00b']],
	'a line feed alone': [['x-odd', 'a\nx-injected: 1']],
	'a folded line': [['x-odd', 'a\r\n b']],
	'a websocket': [
		['connection', 'upgrade'],
		['upgrade', 'websocket'],
		['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
		['sec-websocket-version', '13'],
	],
};

export const twistHeaders: WireTwist = (draft, { random }) => {
	const isIllegal = random.chance(0.1);
	const [name, added] = random.pick(Object.entries(isIllegal ? ILLEGAL : LEGAL));
	const replaced = added.some(([header]) => header === 'content-type') ? ['content-type'] : [];
	draft.headers = draft.headers.filter(([header]) => !replaced.includes(header));
	draft.headers.push(...added.map(([header, value]): [string, string] => [header, value]));
	draft.isBrokenHttp ||= isIllegal;
	return `header: ${name}`;
};

/** A body that is what its content-encoding says: Sluice takes bodies as they are. */
export const compress: Twist = (draft) => {
	if (draft.bytes === null) return null;
	draft.bytes = gzipSync(draft.bytes);
	draft.headers.push(['content-encoding', 'gzip']);
	if (draft.operation.body !== 'raw' && !draft.isAstray) draft.mustFail = 'its body is compressed';
	return 'compressed';
};

export const twistKey: Twist = (draft, { random }) => {
	const kinds: readonly KeyKind[] = ['none', 'wrong', 'malformed', 'revoked', 'publisher', 'root'];
	draft.key = random.pick(kinds);
	return `key: ${draft.key}`;
};
