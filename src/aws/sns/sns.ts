import type { Facade } from '../facade';
import { errorOf } from './errors';
import { parametersOf, xml } from './query-names';

/** Amazon SNS, which speaks Query. */
export const SNS: Facade = {
	actions: {},
	namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
	parametersOf,
	xml,
	errorOf,
};
