import type { Prng } from '../../test/simulation/prng.ts';
import type { Twist, WireDraft } from '../draft.ts';
import type { AwsOperation, AwsSetting } from './actions.ts';
import type { AwsKeyKind, Plan } from './request.ts';
import type { Pair } from './signer.ts';

/** A request to one of AWS's doors, in the making. */
export interface AwsDraft extends WireDraft {
	readonly operation: AwsOperation;
	readonly queue: string | undefined;
	/** Of the Query protocol, until they are the body or a part of the address; null in JSON. */
	pairs: Pair[] | null;
	key: AwsKeyKind;
	plan: Plan;
	forged: string[];
	/** Its signature is none of what is sent, or it may not be seen which API it is for. */
	isUnclear: boolean;
}

export interface AwsCircumstances extends AwsSetting {
	readonly random: Prng;
	/** Nothing is twisted; absent: as it falls. */
	readonly isGood?: boolean;
}

export type AwsTwist = Twist<AwsDraft, AwsCircumstances>;
