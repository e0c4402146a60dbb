import type { Facade } from '../facade';
import { errorOf } from './errors';
import { parametersOf, xml } from './query-names';

/** Amazon SQS, in AWS JSON and Query. */
export const SQS: Facade = {
	actions: {},
	namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
	parametersOf,
	xml,
	errorOf,
};
