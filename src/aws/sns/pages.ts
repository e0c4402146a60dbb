import { lookupParameter } from '../parameters';

/** Topics and subscriptions of one answer, as many as in SNS. */
export const PAGE = 100;

/** What the page before said to go on after; null: the beginning. */
export const pageToken = lookupParameter.optional().transform((token) => (token ? token : null));
