import type { WireRequest } from '../request.ts';
import type { AwsOperation } from './actions.ts';
import {
	addressOf,
	amzDate,
	authorizationOf,
	type Pair,
	presigned,
	type Signable,
	type Signing,
	sha256,
} from './signer.ts';

/** Whose key a request is signed with; `elsewhere`: all permissions, for names that nothing has. */
export type AwsKeyKind = 'narrow' | 'root' | 'elsewhere' | 'revoked' | 'unknown' | 'wrong' | 'malformed' | 'none';

export interface Credentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

/** Null: nothing is signed. */
export type AwsKeys = Readonly<Record<AwsKeyKind, Credentials | null>>;

/** How a request is signed, at the moment at which it is sent. */
export interface Plan {
	readonly in: 'header' | 'address';
	/** What differs from how an SDK does it. */
	readonly changed?: Partial<Signing>;
	/** Milliseconds since it was signed. */
	readonly ageMs?: number;
	/** Headers that an SDK would sign, and this does not. */
	readonly unsigned?: readonly string[];
	readonly expires?: string;
	readonly withHash?: boolean | string;
	readonly session?: string;
	/** What somebody on the way does to it. */
	readonly tamper?: (signed: Signable) => Signable;
}

export interface AwsRequest extends WireRequest {
	readonly door: 'aws';
	readonly operation: AwsOperation;
	/** The queue that it was made for, if it is one of the fuzzer's. */
	readonly queue: string | undefined;
	readonly key: AwsKeyKind;
	readonly plan: Plan;
	/** Receipts that must not count. */
	readonly forged: readonly string[];
}

/** As it goes out. */
export function signedOf(request: AwsRequest, keys: AwsKeys, host: string, now: number): Signable {
	const { plan, key, method, target } = request;
	const credentials = keys[key];
	const body = request.body ?? new Uint8Array(0);
	const at = new Date(now - (plan.ageMs ?? 0));
	const isHeader = plan.in === 'header';
	const headers: Pair[] = [
		['host', host],
		...(isHeader ? [['x-amz-date', amzDate(at)] as const] : []),
		...request.headers,
	];
	if (plan.withHash !== undefined && plan.withHash !== false) {
		headers.push(['x-amz-content-sha256', plan.withHash === true ? sha256(body) : plan.withHash]);
	}
	if (plan.session !== undefined && isHeader) headers.push(['x-amz-security-token', plan.session]);
	const unsigned: Signable = { method, target, headers, body };
	const tamper = plan.tamper ?? ((signed) => signed);
	if (credentials === null) return tamper(unsigned);
	const signing: Signing = {
		...credentials,
		region: 'eu-central-1',
		scope: request.operation.api,
		at,
		signedHeaders: isHeader ? namesToSign(headers, plan.unsigned ?? []) : ['host'],
		...plan.changed,
	};
	if (!URL.canParse(addressOf(target))) return tamper(unsigned);
	if (isHeader) {
		return tamper({ ...unsigned, headers: [...headers, ['authorization', authorizationOf(unsigned, signing)]] });
	}
	const more: Pair[] = plan.session === undefined ? [] : [['X-Amz-Security-Token', plan.session]];
	return tamper({ ...unsigned, target: presigned(unsigned, signing, plan.expires ?? '60', more) });
}

/** As SDKs do: the host, its content type, and everything of AWS's. One that comes twice, or is no text, cannot be signed. */
function namesToSign(headers: readonly Pair[], unsigned: readonly string[]): string[] {
	const names = headers.map(([name]) => name.toLowerCase());
	const isWanted = ([, value]: Pair, index: number) => {
		const name = names[index] as string;
		const isOurs = /^(host|content-type|x-amz.*)$/.test(name) && !unsigned.includes(name);
		return isOurs && names.indexOf(name) === names.lastIndexOf(name) && /^[ -~]*$/.test(value);
	};
	return headers.filter(isWanted).map(([name]) => name.toLowerCase());
}
