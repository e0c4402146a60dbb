import type { Facade } from '../facade';
import { deletingActions } from './deleting';
import { errorOf } from './errors';
import { moveActions } from './moves';
import { permissionActions } from './permissions';
import { parametersOf, xml } from './query-names';
import { attributeActions } from './queue-attributes';
import { queueActions } from './queues';
import { receivingActions } from './receiving';
import { sendingActions } from './sending';
import { tagActions } from './tags';
import { visibilityActions } from './visibility';

const ofQueues = { ...queueActions, ...attributeActions, ...tagActions, ...permissionActions, ...moveActions };
const ofMessages = { ...sendingActions, ...receivingActions, ...deletingActions, ...visibilityActions };

/** Amazon SQS, in AWS JSON and Query. */
export const SQS: Facade = {
	actions: { ...ofQueues, ...ofMessages },
	scope: 'sqs',
	namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
	parametersOf,
	xml,
	errorOf,
};
