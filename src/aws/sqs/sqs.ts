import type { Facade } from '../facade';
import { errorOf } from './errors';
import { moveActions } from './moves';
import { permissionActions } from './permissions';
import { parametersOf, xml } from './query-names';
import { attributeActions } from './queue-attributes';
import { queueActions } from './queues';
import { tagActions } from './tags';

/** Amazon SQS, in AWS JSON and Query. */
export const SQS: Facade = {
	actions: { ...queueActions, ...attributeActions, ...tagActions, ...permissionActions, ...moveActions },
	scope: 'sqs',
	namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
	parametersOf,
	xml,
	errorOf,
};
