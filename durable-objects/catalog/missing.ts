import { type Refusal, refuse } from '../protocol';

export function noSuchQueue(name: string): Refusal {
	return refuse('queue_not_found', `There is no queue named ${name}: create it first.`);
}

export function noSuchTopic(name: string): Refusal {
	return refuse('topic_not_found', `There is no topic named ${name}: create it first.`);
}

export function noSuchSubscription(topic: string, name: string): Refusal {
	return refuse('subscription_not_found', `The topic ${topic} has no subscription named ${name}: create it first.`);
}
