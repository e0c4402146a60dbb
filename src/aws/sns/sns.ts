import type { Facade } from '../facade';
import { errorOf } from './errors';
import { permissionActions } from './permissions';
import { publishActions } from './publish';
import { parametersOf, xml } from './query-names';
import { subscriptionActions } from './subscriptions';
import { tagActions } from './tags';
import { topicActions } from './topics';

/** Amazon SNS, which speaks Query. */
export const SNS: Facade = {
	actions: { ...topicActions, ...tagActions, ...permissionActions, ...subscriptionActions, ...publishActions },
	scope: 'sns',
	namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
	parametersOf,
	xml,
	errorOf,
};
